package dev.capstan.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Requests made of an OpenAPI description: its paths, parameters and bodies, most of them nearly right. The same seed and
 * number make the same request.
 */
final class Fuzz {

    private static final List<String> METHODS =
            List.of("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO");

    private static final List<String> STRANGE = List.of(
            "",
            " ",
            ".",
            "..",
            "*",
            "%",
            "/",
            "\\",
            "a/b",
            "\u0000",
            "\n\r",
            "é",
            "\ud83d\ude00",
            "\u202e",
            "null",
            "-1",
            "' OR 1=1",
            "<b>",
            "${x}",
            "{}",
            "a".repeat(64),
            "a".repeat(300),
            "Z".repeat(5000));

    private final JsonNode document;
    private final List<Map.Entry<String, JsonNode>> paths;
    private final Map<String, List<String>> names;
    private final long seed;

    /**
     * A generator.
     *
     * @param names what a variable of a path, or a property, of that name can well be
     */
    Fuzz(JsonNode document, Map<String, List<String>> names, long seed) {
        this.document = document;
        this.paths = new ArrayList<>(document.path("paths").properties());
        this.names = names;
        this.seed = seed;
    }

    /** A request. */
    @SuppressWarnings("ArrayRecordComponent") // only ever sent
    record Request(String method, String path, Map<String, String> headers, byte[] body) {

        @Override
        public String toString() {
            String text = new String(body, StandardCharsets.UTF_8);
            return method + " " + shown(path) + " " + headers.keySet() + " " + shown(text);
        }

        private static String shown(String text) {
            return text.length() <= 600 ? text : text.substring(0, 600) + "…";
        }
    }

    /** The request of that number. */
    Request request(long number) {
        return new Making(new Random(seed * 1_000_003 + number)).request();
    }

    /** One request being made. */
    private final class Making {

        private final Random random;

        Making(Random random) {
            this.random = random;
        }

        private boolean oneIn(int n) {
            return random.nextInt(n) == 0;
        }

        private <T> T any(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        Request request() {
            Map.Entry<String, JsonNode> path = any(paths);
            List<String> methods = new ArrayList<>();
            path.getValue().fieldNames().forEachRemaining(name -> {
                if (!name.equals("parameters")) {
                    methods.add(name.toUpperCase(Locale.ROOT));
                }
            });
            String method = oneIn(20) ? any(METHODS) : any(methods);
            JsonNode operation = path.getValue().path(method.toLowerCase(Locale.ROOT));
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Content-Type", oneIn(20) ? "text/" + any(List.of("plain", "xml")) : mediaType(operation));
            for (JsonNode parameter : operation.path("parameters")) {
                JsonNode found = resolved(parameter);
                if (found.path("in").asText().equals("header") && oneIn(3)) {
                    headers.put(found.path("name").asText(), oneIn(2) ? "*" : "\"" + random.nextInt() + "\"");
                }
            }
            return new Request(method, path(path.getKey()) + query(operation), headers, body(operation));
        }

        private static String mediaType(JsonNode operation) {
            var types = operation.path("requestBody").path("content").fieldNames();
            return types.hasNext() ? types.next() : "application/json";
        }

        private String path(String template) {
            StringBuilder path = new StringBuilder();
            for (String segment : template.substring(1).split("/", -1)) {
                path.append(oneIn(60) ? "//" : "/");
                String text = segment.startsWith("{") ? name(segment.substring(1, segment.length() - 1)) : segment;
                if (oneIn(40)) {
                    text = any(STRANGE);
                }
                path.append(encoded(oneIn(4) ? text.toUpperCase(Locale.ROOT) : text));
            }
            return oneIn(60) ? path + "/" + encoded(any(STRANGE)) : path.toString();
        }

        private String name(String variable) {
            return oneIn(8) ? any(STRANGE) : any(names.getOrDefault(variable, List.of("x")));
        }

        /** Now and then with percent signs that mean nothing. */
        private String encoded(String text) {
            String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
            return oneIn(200) ? encoded + "%FF%00" : encoded;
        }

        private String query(JsonNode operation) {
            List<String> query = new ArrayList<>();
            if (!oneIn(30)) {
                query.add("api-version=" + (oneIn(15) ? encoded(any(STRANGE)) : any(names.get("api-version"))));
            }
            for (JsonNode parameter : operation.path("parameters")) {
                JsonNode found = resolved(parameter);
                String name = found.path("name").asText();
                if (found.path("in").asText().equals("query") && !name.equals("api-version") && oneIn(2)) {
                    query.add(encoded(name) + "="
                            + (oneIn(2) ? Integer.toString(random.nextInt(5) - 1) : encoded(any(STRANGE))));
                }
            }
            return query.isEmpty() ? "" : "?" + String.join("&", query);
        }

        private JsonNode resolved(JsonNode node) {
            return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
        }

        private byte[] body(JsonNode operation) {
            JsonNode content = operation.path("requestBody").path("content");
            if (content.isEmpty()) {
                return oneIn(10) ? new byte[random.nextInt(100)] : new byte[0];
            }
            JsonNode schema = content.iterator().next().path("schema");
            String text = mediaType(operation).endsWith("json") ? value(schema, "", 0) : form(schema);
            return broken(text.getBytes(StandardCharsets.UTF_8));
        }

        private byte[] broken(byte[] body) {
            if (body.length == 0) {
                return body;
            }
            return switch (random.nextInt(60)) {
                case 0 -> new byte[0];
                case 1 -> Arrays.copyOf(body, random.nextInt(body.length + 1));
                case 2 -> {
                    byte[] other = body.clone();
                    for (int i = 0; i < 1 + other.length / 20; i++) {
                        other[random.nextInt(other.length)] = (byte) random.nextInt(256);
                    }
                    yield other;
                }
                case 3 -> "[".repeat(1 + random.nextInt(20_000)).getBytes(StandardCharsets.UTF_8);
                case 4 ->
                    ("{\"properties\":" + "{\"a\":".repeat(60) + "1" + "}".repeat(60) + "}")
                            .getBytes(StandardCharsets.UTF_8);
                default -> body;
            };
        }

        private String form(JsonNode schema) {
            List<String> pairs = new ArrayList<>();
            schema.path("properties").fieldNames().forEachRemaining(name -> {
                if (!oneIn(10)) {
                    pairs.add(name + "=" + encoded(name(name)));
                }
            });
            return String.join("&", pairs);
        }

        /** JSON that a schema admits, more or less. */
        private String value(JsonNode given, String name, int depth) {
            JsonNode schema = resolved(given);
            if (oneIn(25) && depth > 0) {
                return any(
                        List.of("null", "true", "[]", "{}", "1e999", "-0", "12345678901234567890", "\"\"", "[null]"));
            }
            String type = schema.path("type").isArray()
                    ? schema.path("type").get(0).asText()
                    : schema.path("type").asText("object");
            return switch (type) {
                case "string" -> text(schema, name);
                case "integer", "number" ->
                    any(List.of("0", "1", "2", "3", "-1", "1001", "2147483648", "1.5", "\"1\""));
                case "boolean" -> any(List.of("true", "false"));
                case "array" -> array(schema, name, depth);
                default -> object(schema, depth);
            };
        }

        private String text(JsonNode schema, String name) {
            if (schema.has("enum") && !oneIn(6)) {
                JsonNode words = schema.path("enum");
                return quoted(words.get(random.nextInt(words.size())).asText());
            }
            return quoted(names.containsKey(name) && !oneIn(5) ? any(names.get(name)) : any(STRANGE));
        }

        private String array(JsonNode schema, String name, int depth) {
            int size = oneIn(30) ? 200 : random.nextInt(3);
            List<String> items = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                items.add(value(schema.path("items"), name, depth + 1));
            }
            return "[" + String.join(",", items) + "]";
        }

        private String object(JsonNode schema, int depth) {
            List<String> members = new ArrayList<>();
            schema.path("properties").properties().forEach(property -> {
                if (!oneIn(3)) {
                    String name = oneIn(15) ? property.getKey().toUpperCase(Locale.ROOT) : property.getKey();
                    members.add(quoted(name) + ":" + value(property.getValue(), property.getKey(), depth + 1));
                    if (oneIn(60)) {
                        members.add(members.getLast());
                    }
                }
            });
            if (oneIn(4)) {
                members.add(quoted(any(STRANGE)) + ":" + (oneIn(2) ? quoted(any(STRANGE)) : "{\"a\":[1,{}]}"));
            }
            return "{" + String.join(",", members) + "}";
        }

        private static String quoted(String text) {
            return ArmClient.JSON.getNodeFactory().textNode(text).toString();
        }
    }
}
