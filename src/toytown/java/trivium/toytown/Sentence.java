package trivium.toytown;

import java.util.Optional;

/**
 * A sentence as the parser read it.
 *
 * @param text as it stands
 * @param event what it says; empty where it is not one of Toy Town's sentences, or unfinished
 * @param objection why it cannot be true after the sentences before it; empty where it can
 */
public record Sentence(String text, Optional<Event> event, Optional<String> objection) {}
