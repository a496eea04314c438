package trivium.toytown;

/** The short things people say to each other. */
public enum Speech {
    HELLO,
    GOODBYE,
    THANKS,
    SORRY,
    COMFORT,
    OFFER
}
