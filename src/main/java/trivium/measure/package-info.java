/**
 * Measures of models and texts: loss and bits per byte, blanks filled in, exact answers, rewards and their comparison.
 * Floor 3.
 */
package trivium.measure;
