/** The command line: each command reads its arguments, calls the library and answers with an exit code. Floor 8. */
package trivium.cli;
