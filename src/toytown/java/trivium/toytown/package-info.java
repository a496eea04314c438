/**
 * Toy Town, outside of the library: a seeded generator of a small world whose stories a parser replays exactly, so that
 * questions have one right answer and the true reward of a completion is known. People, places, things and moods are
 * the vocabulary; events are what a sentence can say; the grammar says them in English and reads them back; the world
 * keeps who is where, who holds what and how everybody feels.
 */
package trivium.toytown;
