package dev.capstan.cli.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import dev.capstan.runtime.prepare.Assessment;
import dev.capstan.runtime.prepare.Refusal;
import java.util.List;

/** What was found on a node, for people and for programs. */
record PreparationWords(Assessment found) {

    static ObjectNode state(String state) {
        return Json.object().put("state", state);
    }

    String text() {
        var text = new StringBuilder();
        switch (found) {
            case Assessment.Prepared prepared -> text.append(String.format("Nothing to do: %s.%n", prepared.words()));
            case Assessment.Interrupted interrupted -> text.append(String.format("%s%n", interrupted.words()));
            case Assessment.Planned planned -> planned(planned, text);
            case Assessment.Refused refused -> {
                text.append(String.format("Not prepared, and nothing was changed:%n"));
                refused.refusals().forEach(refusal -> refused(refusal, text));
            }
        }
        return text.toString();
    }

    private static void planned(Assessment.Planned planned, StringBuilder text) {
        text.append(String.format("%s%n", planned.runtime()));
        text.append(String.format("  lane     %s%n", planned.reason()));
        for (var file : planned.files()) {
            text.append(String.format("  %s  %s%n", file.created() ? "create " : "change ", file.path()));
            file.lines().forEach(line -> text.append(String.format("             %s%n", line)));
        }
        if (!planned.restart().isEmpty()) {
            text.append(String.format("  restart  %s%n", planned.restart()));
        }
        planned.notes().forEach(note -> text.append(String.format("  note: %s%n", note)));
    }

    private static void refused(Refusal refusal, StringBuilder text) {
        text.append(
                String.format("  - %s%s%n", refusal.words(), refusal.byHand().isEmpty() ? "." : ":"));
        for (var file : refusal.byHand()) {
            text.append(String.format("      %s%n", file.file()));
            file.lines().forEach(line -> text.append(String.format("        %s%n", line)));
        }
    }

    ObjectNode json() {
        return switch (found) {
            case Assessment.Prepared prepared -> state("Prepared").put("words", prepared.words());
            case Assessment.Interrupted interrupted -> state("Interrupted").put("words", interrupted.words());
            case Assessment.Planned planned -> {
                var json = state("Planned");
                json.put("runtime", planned.runtime());
                json.put("lane", "Isolated");
                json.put("reason", planned.reason());
                for (var file : planned.files()) {
                    var one = json.withArray("files").addObject();
                    one.put("path", file.path()).put("created", file.created());
                    lines(one.putArray("lines"), file.lines());
                }
                json.put("restart", planned.restart());
                lines(json.putArray("notes"), planned.notes());
                yield json;
            }
            case Assessment.Refused refused -> {
                var json = state("Refused");
                for (var refusal : refused.refusals()) {
                    var one = json.withArray("refusals").addObject().put("words", refusal.words());
                    var byHand = one.putArray("byHand");
                    for (var file : refusal.byHand()) {
                        lines(byHand.addObject().put("file", file.file()).putArray("lines"), file.lines());
                    }
                }
                yield json;
            }
        };
    }

    private static void lines(ArrayNode array, List<String> lines) {
        lines.forEach(array::add);
    }
}
