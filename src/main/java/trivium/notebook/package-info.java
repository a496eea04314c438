/**
 * What shows in a cell of any Java kernel (Trivium's own, IJava, JJava): cards and tables, live figures, progress.
 * Knows no kernel library; the running kernel is spoken to by reflection. Floor 8.
 */
package trivium.notebook;
