/**
 * Trivium's Jupyter kernel: sockets and messages, cells evaluated by JShell, interrupts, completion, Javadoc. The only
 * package that knows the kernel library; nothing depends on it. Floor 9.
 */
package trivium.kernel;
