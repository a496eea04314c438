package trivium.data.profile;

/** How often something comes. */
public record Frequency(String what, long times) {}
