/**
 * Controls that a reader of a notebook can touch, as Jupyter's widgets: what they are, what they hold, and what happens
 * when they change. A {@link trivium.widget.FrontEnd} carries them to the browser; without one they are text.
 */
package trivium.widget;
