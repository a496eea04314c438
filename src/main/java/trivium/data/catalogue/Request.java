package trivium.data.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks for a file, and follows redirections by itself: what the servers on the way say of the file is kept, and the
 * token is shown to the first host only.
 */
final class Request implements AutoCloseable {

    private static final int REDIRECTIONS = 10;

    private final RemoteFile remote;
    private final Duration patience;
    private final HttpClient client;

    Request(RemoteFile remote, Duration patience) {
        this.remote = remote;
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .build();
    }

    /**
     * What a server answered.
     *
     * @param headers of all answers on the way, the last one's at the end
     */
    record Answer(int status, List<HttpHeaders> headers, InputStream body) {

        /** A header of the last answer; empty if there is none. */
        String header(String name) {
            return headers.getLast().firstValue(name).orElse("");
        }

        /** A header of the first answer that has it; empty if none has. */
        String first(String name) {
            return headers.stream()
                    .flatMap(each -> each.firstValue(name).stream())
                    .findFirst()
                    .orElse("");
        }

        /** Bytes of the body; negative if that is not known. */
        long length() {
            return headers.getLast().firstValueAsLong("Content-Length").orElse(-1);
        }
    }

    /** Asks for the bytes from here on. */
    Answer send(long from) throws IOException {
        var headers = new ArrayList<HttpHeaders>();
        var address = remote.address();
        for (int i = 0; i <= REDIRECTIONS; i++) {
            var response = send(address, from);
            headers.add(response.headers());
            var next = response.headers().firstValue("Location").orElse("");
            if (!isRedirection(response.statusCode()) || next.isEmpty()) {
                return new Answer(response.statusCode(), headers, response.body());
            }
            response.body().close();
            address = follow(address, next);
        }
        throw new IOException("it redirects in a circle");
    }

    private HttpResponse<InputStream> send(URI address, long from) throws IOException {
        var request = HttpRequest.newBuilder(address).timeout(patience).header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (!remote.token().isEmpty() && isOfFirstHost(address)) {
            request.header("Authorization", "Bearer " + remote.token());
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private boolean isOfFirstHost(URI address) {
        return address.getScheme().equals(remote.address().getScheme())
                && address.getRawAuthority().equals(remote.address().getRawAuthority());
    }

    private static boolean isRedirection(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static URI follow(URI address, String location) throws IOException {
        URI next;
        try {
            next = address.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException("it redirects to \"" + location + "\", which is no address", e);
        }
        boolean web = "https".equals(next.getScheme()) || "http".equals(next.getScheme());
        if (!web || next.getHost() == null || address.getScheme().equals("https") && "http".equals(next.getScheme())) {
            throw new IOException("it redirects to \"" + location + "\", which is not followed");
        }
        return next;
    }

    @Override
    public void close() {
        // close() of the client would wait for a stalled connection
        client.shutdownNow();
    }
}
