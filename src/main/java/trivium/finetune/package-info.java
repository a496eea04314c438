/**
 * Instruction fine-tuning, the second phase (logic): a base model and conversations in, a run with a model that answers
 * out. Floor 5.
 */
package trivium.finetune;
