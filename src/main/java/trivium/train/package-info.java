/** The only training loop, the objectives it minimises, and the schedules and updaters that drive it. Floor 2. */
package trivium.train;
