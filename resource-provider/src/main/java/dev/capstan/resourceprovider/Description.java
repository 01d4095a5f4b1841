package dev.capstan.resourceprovider;

import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The description of all that is served (OpenAPI 3.1), {@value #PATH}. */
final class Description {

    static final String PATH = "/openapi.json";

    private Description() {}

    /** Read when it is first asked for. */
    private static final class Read {
        private static final byte[] BYTES = read();

        private static byte[] read() {
            try (InputStream in = Description.class.getResourceAsStream("openapi.json")) {
                if (in == null) {
                    throw new IllegalStateException("the description is not built in");
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("the description cannot be read", e);
            }
        }
    }

    /** Empty if the request asks for something else. */
    static Optional<ArmAnswer> answer(ArmRequest request) {
        boolean isAsked = request.method().equals("GET")
                && request.path().size() == 1
                && PATH.substring(1).equalsIgnoreCase(request.path().getFirst());
        return isAsked ? Optional.of(ArmAnswer.json(Read.BYTES)) : Optional.empty();
    }
}
