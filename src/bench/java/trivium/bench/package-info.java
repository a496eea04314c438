/**
 * Micro-benchmarks of the kernels, with the floor under each. Outside of the library and of its tests: profile
 * {@code bench} compiles them, {@code environment/lab bench --kernels} runs them.
 */
package trivium.bench;
