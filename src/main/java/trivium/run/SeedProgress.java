package trivium.run;

/** Tells a listener of one run of a series, and which it is. */
record SeedProgress(Progress listener, String which) implements ForwardingProgress {

    @Override
    public void start(String title, long total) {
        listener.start(title + ", " + which, total);
    }

    @Override
    public void resume(String title, long total, long done, double seconds) {
        listener.resume(title + ", " + which, total, done, seconds);
    }
}
