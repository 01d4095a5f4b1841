package dev.capstan.embeddedkubernetes.openapi;

import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.Pending;
import java.util.Collection;
import java.util.Optional;

/** To come. */
@SuppressWarnings("UnusedMethod")
public final class OpenApi {

    /** The content type of {@link #v2()}: clients ask for a name that is no valid media type, so it is never echoed. */
    public static final String V2_CONTENT_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /**
     * A document ready to be sent.
     *
     * @param body its bytes; not to be changed
     * @param hash SHA-256 of the body in upper-case hex, good as an ETag and as {@code ?hash=}
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is the hash; the bytes are only ever written out
    public record Document(byte[] body, String hash) {}

    private OpenApi() {}

    /** The documents of a set of kinds: the built-in ones and those defined by CustomResourceDefinitions. */
    public static OpenApi of(BuiltinKinds builtin, Collection<Kind> custom) {
        return Pending.value();
    }

    /** {@code GET /openapi/v2} in protobuf. */
    public Document v2() {
        return Pending.value();
    }

    /** {@code GET /openapi/v3}: the index, JSON. */
    public Document v3Index() {
        return Pending.value();
    }

    /** {@code GET /openapi/v3/PATH}, JSON, where the path is {@code api/v1} or {@code apis/GROUP/VERSION}. */
    public Optional<Document> v3(String path) {
        return Pending.value();
    }
}
