/**
 * What shows in a cell (cards, progress, live figures) and the Jupyter kernel. The only package that knows the kernel
 * library. Floor 5.
 */
package trivium.notebook;
