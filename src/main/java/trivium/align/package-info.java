/**
 * Reinforcement learning from preferences, the third phase (rhetoric): reward models, rollouts and the algorithms that
 * learn from rewards or preferences. Floor 5.
 */
package trivium.align;
