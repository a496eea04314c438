/** Sweeps: which trials to run, in what order, and where. Floor 6. */
package trivium.sweep;
