/** Figures drawn from tables, for the screen and for print. The only package that knows XChart. Floor 6. */
package trivium.figure;
