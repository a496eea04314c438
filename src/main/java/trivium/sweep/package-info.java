/** Sweeps: which trials to run, in what order, and where. Floor 4. */
package trivium.sweep;
