package dev.capstan.cli.certificates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.Severity;
import dev.capstan.cli.session.Json;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;

/**
 * Prints what was found, input by input as it comes, so that nothing is held of those that are done: as text, as one JSON
 * document, or as SARIF 2.1.0 (OASIS), which CI systems show beside the lines of a change.
 */
abstract sealed class LintReport {

    private final PrintWriter out;
    private final Map<Severity, Long> counts = new EnumMap<>(Severity.class);
    private int files;
    private int certificates;

    private LintReport(PrintWriter out) {
        this.out = out;
    }

    static LintReport of(LintFormat format, PrintWriter out) {
        return switch (format) {
            case table -> new Text(out);
            case json -> new Document(out);
            case sarif -> new Sarif(out);
        };
    }

    final void add(Linted linted) {
        files++;
        certificates += linted.certificates();
        for (var severity : Severity.values()) {
            counts.merge(severity, linted.count(severity), Long::sum);
        }
        print(linted);
    }

    final long count(Severity severity) {
        return counts.getOrDefault(severity, 0L);
    }

    final int files() {
        return files;
    }

    final int certificates() {
        return certificates;
    }

    final PrintWriter out() {
        return out;
    }

    abstract void begin();

    abstract void print(Linted linted);

    abstract void end();

    private static final class Text extends LintReport {

        Text(PrintWriter out) {
            super(out);
        }

        @Override
        void begin() {
            // What is found speaks for itself.
        }

        @Override
        void print(Linted linted) {
            for (var finding : linted.findings()) {
                out().printf(
                                "%s: %s: %s [%s]%n",
                                finding.place(),
                                finding.severity().word(),
                                finding.message(),
                                finding.code().word());
                out().printf("    %s%n", finding.fix());
            }
        }

        @Override
        void end() {
            out().printf(
                            "%s, %s: %s, %s, %s.%n",
                            counted(files(), "input"),
                            counted(certificates(), "certificate"),
                            counted(count(Severity.ERROR), "error"),
                            counted(count(Severity.WARNING), "warning"),
                            counted(count(Severity.NOTE), "note"));
        }

        private static String counted(long number, String word) {
            return number + " " + word + (number == 1 ? "" : "s");
        }
    }

    private static final class Document extends LintReport {

        private String separator = "";

        Document(PrintWriter out) {
            super(out);
        }

        @Override
        void begin() {
            out().print("{\"inputs\":[");
        }

        @Override
        void print(Linted linted) {
            var input = Json.object();
            input.put("name", linted.name());
            input.put("certificates", linted.certificates());
            var findings = input.putArray("findings");
            for (var finding : linted.findings()) {
                var object = findings.addObject();
                object.put("code", finding.code().word());
                object.put("severity", finding.severity().word());
                object.put("entry", finding.place().entry());
                object.put("line", finding.place().line());
                object.put("column", finding.place().column());
                object.put("message", finding.message());
                object.put("fix", finding.fix());
                object.put("page", finding.page());
            }
            out().print(separator + System.lineSeparator() + Json.write(input));
            separator = ",";
        }

        @Override
        void end() {
            out().printf(
                            "],%n\"certificates\":%d,\"errors\":%d,\"warnings\":%d,\"notes\":%d}%n",
                            certificates(), count(Severity.ERROR), count(Severity.WARNING), count(Severity.NOTE));
        }
    }

    private static final class Sarif extends LintReport {

        private String separator = "";

        Sarif(PrintWriter out) {
            super(out);
        }

        @Override
        void begin() {
            var driver = Json.object();
            driver.put("name", "capstan certificates lint");
            var rules = driver.putArray("rules");
            for (var code : FindingCode.values()) {
                var rule = rules.addObject();
                rule.put("id", code.word());
                rule.putObject("shortDescription").put("text", code.title() + ".");
                rule.putObject("help").put("text", "See " + code.page() + ".");
                rule.putObject("defaultConfiguration")
                        .put("level", code.severity().word());
            }
            var tool = Json.object();
            tool.set("driver", driver);
            out().print(
                            "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":"
                                    + Json.write(tool) + ",\"results\":[");
        }

        @Override
        void print(Linted linted) {
            for (var finding : linted.findings()) {
                out().print(separator + System.lineSeparator() + Json.write(result(linted, finding)));
                separator = ",";
            }
        }

        private static ObjectNode result(Linted linted, Finding finding) {
            var result = Json.object();
            result.put("ruleId", finding.code().word());
            result.put("level", finding.severity().word());
            var entry = finding.place().entry();
            result.putObject("message")
                    .put(
                            "text",
                            (entry.isEmpty() ? "" : "key " + entry + ": ") + finding.message() + " " + finding.fix());
            var physical = result.putArray("locations").addObject().putObject("physicalLocation");
            physical.putObject("artifactLocation").put("uri", linted.name().replace(" ", "%20"));
            if (finding.place().line() > 0) {
                var region = physical.putObject("region");
                region.put("startLine", finding.place().line());
                if (finding.place().column() > 0) {
                    region.put("startColumn", finding.place().column());
                }
            }
            return result;
        }

        @Override
        void end() {
            out().printf("]}]}%n");
        }
    }
}
