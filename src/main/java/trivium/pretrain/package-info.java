/** Pre-training, the first phase (grammar): text in, a run with a base model out. Floor 5. */
package trivium.pretrain;
