package dev.capstan.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.server.ArmClient.Answer;
import dev.capstan.server.History.ETag;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One client of many: goes on reading and writing clusters, each write on condition of what it read just before, and tells their
 * histories what it was answered. What else an answer may be, beside done, is that somebody else was first or an operation
 * runs; anything more is a fault.
 */
final class LoadClient implements Runnable {

    /** The tag that each write leaves, so that a read can be told to belong to it. */
    static final String TAG = "by";

    private final int number;
    private final Random random;
    private final ArmClient arm;
    private final LoadPlan plan;
    private final Queue<String> faults;
    private final LoadFigures figures;
    private int turn;

    LoadClient(int number, ArmClient arm, LoadPlan plan, Queue<String> faults, LoadFigures figures) {
        this.number = number;
        this.random = new Random(plan.seed() * 1_000_003L + number);
        this.arm = arm;
        this.plan = plan;
        this.faults = faults;
        this.figures = figures;
    }

    @Override
    public void run() {
        while (plan.goesOn()) {
            turn++;
            try {
                deed();
            } catch (IOException cut) {
                if (!plan.mayBeCut()) {
                    faults.add("client " + number + ": " + cut);
                }
            } catch (InterruptedException told) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void deed() throws IOException, InterruptedException {
        switch (random.nextInt(20)) {
            case 0 -> list();
            case 1 -> answered("list of pools", send("GET", plan.fixed(random) + "/agentPools", "", Map.of()), 200);
            case 2, 3, 4, 5, 6, 7, 8, 9 -> read(plan.fixed(random));
            case 10, 11 -> comeAndGo(plan.coming(random));
            case 12, 13 -> write(plan.fixed(random), "PUT");
            case 14 -> writeCertificates(plan.fixed(random));
            case 15, 16 -> writePool(plan.fixed(random));
            default -> write(plan.fixed(random), "PATCH");
        }
    }

    private Answer send(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        plan.pass();
        long begun = System.nanoTime();
        Answer answer = arm.send(method, path, body, headers);
        figures.took(method, System.nanoTime() - begun);
        if (answer.status() >= 500 && !plan.mayBeCut()) {
            faults.add(method + " " + path + ": " + answer.status() + " " + answer.body());
        }
        return answer;
    }

    private void answered(String what, Answer answer, Integer... good) {
        if (!List.of(good).contains(answer.status()) && answer.status() < 500) {
            faults.add(what + ": " + answer.status() + " " + answer.body());
        }
    }

    private void list() throws IOException, InterruptedException {
        Map<String, ETag> floors = plan.floors();
        Answer answer = send("GET", plan.all(), "", Map.of());
        answered("list", answer, 200);
        for (JsonNode cluster : answer.body().path("value")) {
            String id = plan.idOf(cluster.path("name").asText());
            seen(id, cluster, floors.get(id));
        }
    }

    private void seen(String id, JsonNode cluster, @Nullable ETag floor) {
        plan.history(id)
                .read(
                        ETag.parse(cluster.path("eTag").asText()),
                        floor,
                        cluster.path("tags").path(TAG).asText());
    }

    /** The cluster, or null where it is not there. */
    private @Nullable JsonNode read(String id) throws IOException, InterruptedException {
        ETag floor = plan.history(id).floor();
        Answer answer = send("GET", id, "", Map.of());
        if (answer.status() == 200) {
            seen(id, answer.body(), floor);
            return answer.body();
        }
        if (!plan.comesAndGoes(id)) {
            answered("GET " + id, answer, 200);
        }
        return null;
    }

    private void write(String id, String method) throws IOException, InterruptedException {
        JsonNode there = read(id);
        if (there != null) {
            String tag = number + "-" + turn;
            ObjectNode body = method.equals("PATCH") ? ArmClient.JSON.createObjectNode() : there.deepCopy();
            body.putObject("tags").put(TAG, tag);
            conditional(method, id, id, body.toString(), there, tag);
        }
    }

    /** Changes the list, and so has every machine of the cluster replaced. */
    private void writeCertificates(String id) throws IOException, InterruptedException {
        JsonNode there = read(id);
        if (there != null) {
            ObjectNode body = ArmClient.JSON.createObjectNode();
            body.set("location", there.path("location"));
            var list = body.withObject("/properties/securityProfile").putArray("customCATrustCertificates");
            if (random.nextBoolean()) {
                list.add(plan.certificate());
            }
            conditional("PUT", id, id, body.toString(), there, null);
        }
    }

    private void writePool(String id) throws IOException, InterruptedException {
        JsonNode there = read(id);
        if (there != null) {
            String pool = there.at("/properties/agentPoolProfiles/0/name").asText();
            String body = "{\"properties\":{\"count\":" + (1 + random.nextInt(2)) + "}}";
            conditional("PUT", id, id + "/agentPools/" + pool, body, there, null);
        }
    }

    private void comeAndGo(String id) throws IOException, InterruptedException {
        JsonNode there = read(id);
        if (there != null) {
            conditional("DELETE", id, id, "", there, null);
            return;
        }
        String tag = number + "-" + turn;
        String body = plan.body(tag);
        Answer answer = written(id, () -> send("PUT", id, body, Map.of("If-None-Match", "*")));
        if (answer.status() == 201) {
            plan.history(id)
                    .acknowledged(null, ETag.parse(answer.body().path("eTag").asText()), tag);
        } else {
            answered("PUT " + id, answer, 409, 412);
        }
    }

    private void conditional(String method, String id, String path, String body, JsonNode there, @Nullable String tag)
            throws IOException, InterruptedException {
        boolean isBusy = there.at("/properties/provisioningState").asText().endsWith("ing");
        if (isBusy && random.nextInt(4) > 0) {
            return; // a refusal now and then is enough
        }
        ETag condition = ETag.parse(there.path("eTag").asText());
        Answer answer = written(id, () -> send(method, path, body, Map.of("If-Match", condition.toString())));
        switch (answer.status()) {
            case 200 -> {
                JsonNode eTag = answer.body().path("eTag");
                String made = eTag.isMissingNode()
                        ? answer.body().at("/properties/eTag").asText()
                        : eTag.asText();
                plan.history(id).acknowledged(condition, ETag.parse(made), tag);
            }
            case 202 -> {
                // Who asks for a deletion that runs already gets that one, and writes nothing.
                if (!there.at("/properties/provisioningState").asText().equals("Deleting")) {
                    plan.history(id).acknowledged(condition, condition.next(), null);
                }
            }
            // Deleted by somebody else meanwhile.
            case 204, 404 -> {
                if (!plan.comesAndGoes(id)) {
                    answered(method + " " + path, answer, 200);
                }
            }
            default -> answered(method + " " + path, answer, 409, 412);
        }
    }

    @FunctionalInterface
    private interface Sending {
        Answer send() throws IOException, InterruptedException;
    }

    /** A write whose answer is cut off may have been made, and one that was answered with 503 too. */
    private Answer written(String id, Sending sending) throws IOException, InterruptedException {
        boolean isKnown = false;
        try {
            Answer answer = sending.send();
            isKnown = answer.status() < 500;
            figures.answered(answer.status());
            return answer;
        } finally {
            if (!isKnown) {
                plan.history(id).unanswered();
            }
        }
    }
}
