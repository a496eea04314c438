/**
 * Reads data files in all usual forms: characters, records and shapes, with counts of everything unusual. Knows no
 * conversation and no comparison; {@code trivium.data} makes those. Floor 1.
 */
package trivium.data.files;
