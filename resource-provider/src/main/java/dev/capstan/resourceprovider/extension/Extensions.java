package dev.capstan.resourceprovider.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Json;
import java.util.Optional;

/**
 * An index of extensions of the Azure CLI, and the one extension in it: {@code az config set extension.index_url=…} makes
 * {@code az extension add --name aks-preview} ask here and nobody else. It is asked without a token, so both are open.
 *
 * <p>The form is that of Azure's own index (azure-cli, core/extension/_index.py and _resolve.py).
 */
public final class Extensions {

    private static final String FOLDER = "extensions";
    private static final String INDEX_FILE = "index.json";
    private static final String NAME = "aks-preview";

    private Extensions() {}

    /** Made when it is first asked for. */
    private static final class Built {
        private static final Wheel WHEEL = Wheel.aksPreview();
    }

    /** Empty if the request asks for something else. */
    public static Optional<ArmAnswer> answer(ArmRequest request) {
        boolean isAsked = request.method().equals("GET")
                && request.path().size() == 2
                && request.path().getFirst().equalsIgnoreCase(FOLDER);
        if (!isAsked) {
            return Optional.empty();
        }
        String file = request.path().getLast();
        if (file.equalsIgnoreCase(INDEX_FILE)) {
            return Optional.of(ArmAnswer.ok(index(Built.WHEEL, request.origin())));
        }
        return file.equals(Built.WHEEL.fileName())
                ? Optional.of(ArmAnswer.bytes("application/octet-stream", Built.WHEEL.bytes()))
                : Optional.empty();
    }

    private static ObjectNode index(Wheel wheel, String origin) {
        ObjectNode index = Json.object().put("formatVersion", "1");
        ObjectNode extension = index.putObject("extensions").putArray(NAME).addObject();
        extension
                .put("downloadUrl", origin + "/" + FOLDER + "/" + wheel.fileName())
                .put("filename", wheel.fileName())
                .put("sha256Digest", wheel.sha256());
        extension
                .putObject("metadata")
                .put("name", NAME)
                .put("version", wheel.version())
                .put("summary", wheel.summary())
                .put("azext.minCliCoreVersion", wheel.leastCore());
        return index;
    }
}
