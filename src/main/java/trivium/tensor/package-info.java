/**
 * Memory, matrix products, fused kernels and the workers that share them. The only package that touches native memory,
 * the Vector API and BLAS. Floor 0.
 */
package trivium.tensor;
