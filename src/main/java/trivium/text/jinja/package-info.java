/** Templates in the subset of Jinja2 that chat templates use, rendered as Python's library renders them. */
package trivium.text.jinja;
