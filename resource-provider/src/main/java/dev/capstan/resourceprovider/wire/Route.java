package dev.capstan.resourceprovider.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path that is served. Segments in braces are variables; all others are compared without case, as ARM does.
 *
 * @param method HTTP method
 * @param template segments
 * @param family the api-versions it is served with
 * @param needs the least role that may ask for it, at the scope that the variables {@code subscription}, {@code group} and
 *     {@code cluster} say: every template names them so
 * @param handler what answers it
 */
public record Route(String method, List<String> template, ApiVersion.Family family, Role needs, Handler handler) {

    /** Answers requests. */
    @FunctionalInterface
    public interface Handler {
        ArmAnswer answer(Call call);
    }

    /** A path of AKS's provider. */
    public static Route cluster(String method, String template, Handler handler) {
        return new Route(method, segments(template), ApiVersion.Family.CONTAINER_SERVICE, usual(method), handler);
    }

    /** A path of ARM itself. */
    public static Route arm(String method, String template, Handler handler) {
        return new Route(method, segments(template), ApiVersion.Family.ARM, usual(method), handler);
    }

    /** The same for those who have at least this role. */
    public Route needing(Role role) {
        return new Route(method, template, family, role, handler);
    }

    private static Role usual(String method) {
        return isRead(method) ? Role.READER : Role.CONTRIBUTOR;
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** Whether it changes nothing. */
    boolean isRead() {
        return isRead(method);
    }

    /** Whether it is a collection's path, and no resource's. */
    boolean isList() {
        return !template.getLast().startsWith("{");
    }

    private static List<String> segments(String template) {
        return List.of(template.substring(1).split("/", -1));
    }

    /** The values of the variables, by name; empty if this is not the path of the request. */
    Optional<Map<String, String>> match(ArmRequest request) {
        if (!method.equals(request.method())
                || template.size() != request.path().size()) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        List<String> path = new ArrayList<>(request.path());
        for (int i = 0; i < template.size(); i++) {
            String wanted = template.get(i);
            if (wanted.startsWith("{")) {
                values.put(wanted.substring(1, wanted.length() - 1), path.get(i));
            } else if (!wanted.equalsIgnoreCase(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }
}
