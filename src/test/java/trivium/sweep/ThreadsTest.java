package trivium.sweep;

class ThreadsTest extends SiteContract {

    @Override
    protected Site site(int trials) {
        return new Threads(trials);
    }
}
