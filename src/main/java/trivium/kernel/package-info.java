/**
 * Trivium's Jupyter kernel: sockets and messages, cells evaluated by JShell, interrupts, completion, Javadoc. The only
 * package that knows the kernel library; nothing depends on it. Floor 8.
 */
package trivium.kernel;
