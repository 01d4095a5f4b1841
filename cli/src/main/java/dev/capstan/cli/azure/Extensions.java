package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;

/** What az needs an extension for and this command has built in. */
final class Extensions {

    static final String AKS_PREVIEW = "aks-preview";

    private Extensions() {}

    /** Throws a {@link Problem} if it is another one than the one that is built in. */
    static void check(String name) {
        if (!name.equals(AKS_PREVIEW)) {
            throw Problem.failed(
                    "No extension found with name '" + name + "'.",
                    "capstan has one, built in: " + AKS_PREVIEW + "; others it does not take.");
        }
    }

    /** Says that the extension is built in. Throws a {@link Problem} if it is another one. */
    static void tell(Session session, String name) {
        check(name);
        session.messages()
                .warning("Extension '" + AKS_PREVIEW
                        + "' is built in, as far as it is about custom CAs; nothing was installed.");
    }

    static ArrayNode list() {
        var list = Json.array();
        list.addObject()
                .put("experimental", false)
                .put("extensionType", "built in")
                .put("name", AKS_PREVIEW)
                .putNull("path")
                .put("preview", true);
        return list;
    }
}
