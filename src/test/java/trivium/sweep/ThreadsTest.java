package trivium.sweep;

class ThreadsTest extends TrialBackendContract {

    @Override
    protected TrialBackend site(int trials) {
        return new Threads(trials);
    }
}
