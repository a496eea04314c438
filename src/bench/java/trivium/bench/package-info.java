/**
 * What this machine does in a second, and whether a process keeps its size; micro-benchmarks of the kernels, with the
 * floor under each. Outside of the library: the tests compile this package, the profile {@code bench} builds it with
 * JMH's generated code, {@code environment/lab bench} runs it.
 */
package trivium.bench;
