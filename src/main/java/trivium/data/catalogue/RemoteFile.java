package trivium.data.catalogue;

import java.net.URI;

/**
 * A file of a server, to be downloaded.
 *
 * @param file its name in the cache
 * @param address where it is
 * @param known what is known of its content; for the rest the server's word is taken
 * @param token sent as {@code Authorization: Bearer} to the host of the address and to no other; empty for none
 */
public record RemoteFile(String file, URI address, Content known, String token) {

    /** A file of the catalogue, for which nobody has to be asked who is asking. */
    public static RemoteFile of(Part part) {
        return new RemoteFile(part.file(), part.address(), new Content(part.bytes(), part.sha256()), "");
    }

    /** The token is nobody's business. */
    @Override
    public String toString() {
        return file + " from " + address;
    }
}
