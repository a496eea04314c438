/**
 * What a training leaves behind: the model, its tokenizer, the metrics of every step, and a card that says where it all
 * came from; and, while it goes on, checkpoints. Floor 4: knows one training step, not the phases made of them.
 */
package trivium.run;
