package dev.capstan.embeddedkubernetes.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Decoder;
import dev.capstan.embeddedkubernetes.pipeline.ObjectService;
import dev.capstan.embeddedkubernetes.pipeline.Parameters;
import dev.capstan.embeddedkubernetes.pipeline.Target;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** Without HTTP in between, so that many evictions really begin at once. */
class EvictionsTest {
    private static final int PODS = 64;
    private static final int KEPT = 61;

    private static ObjectNode json(String text) throws Exception {
        return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static void create(ObjectService objects, ObjectNode object) {
        Target target = objects.targetOf(object);
        var _ = objects.writes()
                .create(
                        new Target(target.kind(), target.namespace(), "", ""),
                        null,
                        new Decoder.Body(object.deepCopy(), List.of()),
                        false);
        if (object.has("status")) {
            Target status = new Target(target.kind(), target.namespace(), target.name(), "status");
            var _ = objects.writes().update(status, null, new Decoder.Body(object, List.of()), false);
        }
    }

    @RepeatedTest(5)
    void neverPassABudgetTogether(@TempDir Path directory) throws Exception {
        try (ObjectService objects = ObjectService.open(directory.resolve("a.sqlite"), BuiltinKinds.load(), "race")) {
            BudgetStatus.keep(objects.store());
            for (int i = 0; i < PODS; i++) {
                create(
                        objects,
                        json("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web" + i
                                + "','namespace':'default'},'spec':{'containers':[{'name':'c','image':'i'}]},'status':"
                                + "{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}}"));
            }
            create(
                    objects,
                    json("{'apiVersion':'policy/v1','kind':'PodDisruptionBudget','metadata':{'name':'web',"
                            + "'namespace':'default'},'spec':{'minAvailable':" + KEPT + ",'selector':{}}}"));
            Evictions evictions = new Evictions(objects);
            CyclicBarrier start = new CyclicBarrier(PODS);
            AtomicInteger evicted = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();

            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < PODS; i++) {
                    ObjectNode body = json("{'metadata':{'name':'web" + i + "'}}");
                    Target pod = objects.targetOf(json("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web" + i
                            + "','namespace':'default'}}"));
                    var _ = threads.submit(() -> {
                        start.await();
                        try {
                            evictions.evict(pod, null, body, new Parameters(Map.of()));
                            evicted.incrementAndGet();
                        } catch (ApiFailure e) {
                            assertThat(e.code()).isEqualTo(429);
                            refused.incrementAndGet();
                        }
                        return true;
                    });
                }
            }

            assertThat(evicted).hasValue(PODS - KEPT);
            assertThat(refused).hasValue(KEPT);
            assertThat(objects.store().list("pods", "default").objects()).hasSize(KEPT);
            ObjectNode budget = objects.store().get(new ObjectKey(Budget.RESOURCE, "default", "web"));
            assertThat(budget).isNotNull();
            assertThat(budget.at("/status/currentHealthy").asInt()).isEqualTo(KEPT);
            assertThat(budget.at("/status/disruptionsAllowed").asInt()).isZero();
        }
    }
}
