/** Sweeps: which trials to run, in what order, and on how many threads. Floor 4. */
package trivium.sweep;
