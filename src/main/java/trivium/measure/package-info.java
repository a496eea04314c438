/** Judged numbers: perplexity, bits per byte, calibration, rewards and their comparison, with intervals. Floor 2. */
package trivium.measure;
