/** Tokenizers and chat templates: from text to tokens and back. Floor 0. */
package trivium.text;
