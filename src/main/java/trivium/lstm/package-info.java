/** LSTM language models, computed by Deeplearning4j; the only package that knows that library. Floor 2. */
package trivium.lstm;
