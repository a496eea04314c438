/**
 * Runs written down for other programs that show them, TensorBoard and MLflow. Floor 5, beside the phases: knows what a
 * run is, and no phase.
 */
package trivium.track;
