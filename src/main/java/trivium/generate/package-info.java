/**
 * Text out of a model: how tokens are drawn, batched decoding over several workers, and prompts and answers as text.
 * Floor 3: knows models, tokenizers and templates, not how models are trained.
 */
package trivium.generate;
