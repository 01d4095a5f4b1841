package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One event of a watch (Kubernetes API concepts, "Efficient detection of changes"): its type, and the object in the form
 * that its type gives it.
 */
final class WatchEvent {

    private WatchEvent() {}

    /** The event's type. The server writes it first, so that this costs nothing even where the object is large. */
    static String type(byte[] line) throws IOException {
        return Json.read(line, json -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean type = json.currentName().equals("type");
                json.nextToken();
                if (type) {
                    return Json.text(json);
                }
                json.skipChildren();
            }
            throw new MalformedAnswerException("an event without a type");
        });
    }

    /** The event's object. */
    static <T> T object(byte[] line, ObjectReader<T> reader) throws IOException {
        return Json.whole(line, json -> {
            Box<T> box = new Box<>();
            Json.fields(json, name -> {
                if (name.equals("object")) {
                    box.value = reader.read(json);
                }
            });
            if (box.value == null) {
                throw new MalformedAnswerException("an event without an object");
            }
            return box.value;
        });
    }

    /** The refusal in an event of type ERROR, whose object is a Status. */
    static RefusedException refusal(JsonParser json) throws IOException {
        long[] code = {0};
        String[] message = {""};
        Json.fields(json, name -> {
            switch (name) {
                case "code" -> code[0] = Json.number(json);
                case "message" -> message[0] = Json.text(json);
                default -> {
                    // The reason says the same as the code.
                }
            }
        });
        return new RefusedException((int) code[0], Answer.printable(message[0]), 0);
    }

    private static final class Box<T> {
        private @Nullable T value;
    }
}
