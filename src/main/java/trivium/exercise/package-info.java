/** Exercises on the three phases: what a reader writes, and checks that say in a sentence what is missing. Floor 6. */
package trivium.exercise;
