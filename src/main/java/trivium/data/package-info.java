/**
 * Records and readers of training data, and the batches made from them. A batch is a pure function of data, seed and
 * step. Floor 1.
 */
package trivium.data;
