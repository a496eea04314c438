/**
 * Instruction fine-tuning, the second phase (logic): a base model and conversations in, a run with a model that answers
 * out. Floor 4.
 */
package trivium.finetune;
