/**
 * What a training leaves behind: the model, its tokenizer, the metrics of every step, and a card that says where it all
 * came from; and, while it goes on, checkpoints. Floor 2: knows models, data and text, but not how they are trained.
 */
package trivium.run;
