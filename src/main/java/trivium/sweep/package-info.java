/** Sweeps: which trials to run, in what order, and where. Floor 5. */
package trivium.sweep;
