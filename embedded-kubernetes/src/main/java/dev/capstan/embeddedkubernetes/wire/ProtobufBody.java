package dev.capstan.embeddedkubernetes.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Pending;

/** To come. */
public final class ProtobufBody {

    /** The content type of such bodies. */
    public static final String CONTENT_TYPE = "application/vnd.kubernetes.protobuf";

    private ProtobufBody() {}

    /**
     * The object in a body, with its {@code apiVersion} and {@code kind}.
     *
     * @throws WireException when the body is malformed or holds a kind that is not known here
     */
    public static ObjectNode decode(byte[] body) {
        return Pending.value();
    }
}
