package dev.capstan.embeddedkubernetes.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.Watching;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes the events of one watch, one JSON document on a line and in a chunk of its own, each flushed. */
final class EventLines implements Watching.Sink {
    private final OutputStream out;
    private final Form form;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean first = true;

    EventLines(OutputStream out, Form form) {
        this.out = out;
        this.form = form;
    }

    @Override
    public void send(String type, ObjectNode object) throws IOException {
        ObjectNode event = Json.object().put("type", type);
        event.set("object", form.event(type, object, first));
        first = false;
        line.reset();
        line.writeBytes(Json.bytes(event));
        line.write('\n');
        line.writeTo(out);
        out.flush();
    }

    /** A space: between JSON documents it means nothing. */
    @Override
    public void probe() throws IOException {
        out.write(' ');
        out.flush();
    }
}
