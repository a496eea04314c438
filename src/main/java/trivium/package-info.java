/**
 * The verbs a notebook imports statically: {@code import static trivium.Trivium.*}. Nothing else lives here. Floor 9.
 */
package trivium;
