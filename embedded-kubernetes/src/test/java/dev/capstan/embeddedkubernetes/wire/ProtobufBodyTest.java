package dev.capstan.embeddedkubernetes.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.capstan.embeddedkubernetes.kinds.Json;
import dev.capstan.embeddedkubernetes.wire.WireException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtobufBodyTest {

    /** Builds messages for tests. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message bytes(int field, byte[] bytes) {
            varint((long) field << 3 | 2);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        Message message(int field, Message message) {
            return bytes(field, message.out.toByteArray());
        }

        Message number(int field, long value) {
            varint((long) field << 3);
            return varint(value);
        }

        private Message varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                out.write((int) (left & 0x7f) | 0x80);
                left >>>= 7;
            }
            out.write((int) left);
            return this;
        }

        byte[] body(String apiVersion, String kind) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes(new byte[] {'k', '8', 's', 0});
            body.writeBytes(new Message()
                    .message(1, new Message().text(1, apiVersion).text(2, kind))
                    .message(2, this)
                    .text(3, "")
                    .text(4, "")
                    .out
                    .toByteArray());
            return body.toByteArray();
        }
    }

    private static Message meta(String name) {
        // What Go writes: empty texts, generation zero and an empty creation time are there.
        return new Message()
                .text(1, name)
                .text(2, "")
                .text(3, "")
                .text(4, "")
                .text(5, "")
                .text(6, "")
                .number(7, 0)
                .message(8, new Message());
    }

    @Test
    void secretOfKubectlIsRead() {
        Message secret = new Message()
                .message(1, meta("g1"))
                .message(2, new Message().text(1, "a").text(2, "b"))
                .message(2, new Message().text(1, "empty").bytes(2, new byte[0]))
                .text(3, "Opaque");
        assertThat(ProtobufBody.decode(secret.body("v1", "Secret")))
                .isEqualTo(Json.of("{'apiVersion':'v1','kind':'Secret','metadata':{'name':'g1'},"
                        + "'data':{'a':'Yg==','empty':''},'type':'Opaque'}"));
    }

    /** Recorded from `kubectl create secret generic g1 --from-literal=a=b`, version 1.36.4. */
    @Test
    void recordedBytesAreRead() {
        byte[] body = HexFormat.of()
                .parseHex("6b3873000a0c0a0276311206536563726574121e0a120a02673112001a0022002a003200380042001206"
                        + "0a01611201621a001a002200");
        assertThat(ProtobufBody.decode(body).at("/metadata/name").asText()).isEqualTo("g1");
        assertThat(ProtobufBody.decode(body).at("/data/a").asText()).isEqualTo("Yg==");
    }

    @Test
    void reviewsAndRolesAreRead() {
        Message attributes = new Message()
                .text(1, "default")
                .text(2, "get")
                .text(3, "")
                .text(5, "secrets")
                .text(7, "s1");
        assertThat(ProtobufBody.decode(new Message()
                        .message(1, meta(""))
                        .message(2, new Message().message(1, attributes))
                        .body("authorization.k8s.io/v1", "SelfSubjectAccessReview")))
                .isEqualTo(
                        Json.of(
                                "{'apiVersion':'authorization.k8s.io/v1','kind':'SelfSubjectAccessReview','metadata':{},"
                                        + "'spec':{'resourceAttributes':{'namespace':'default','verb':'get','resource':'secrets','name':'s1'}}}"));
        Message rule = new Message().text(1, "get").text(1, "list").text(2, "").text(3, "secrets");
        assertThat(ProtobufBody.decode(new Message()
                        .message(1, meta("r"))
                        .message(2, rule)
                        .message(2, rule)
                        .body("rbac.authorization.k8s.io/v1", "Role")))
                .isEqualTo(Json.of(
                        "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'Role','metadata':{'name':'r'},'rules':["
                                + "{'verbs':['get','list'],'apiGroups':[''],'resources':['secrets']},"
                                + "{'verbs':['get','list'],'apiGroups':[''],'resources':['secrets']}]}"));
    }

    @Test
    void pointersKeepTheirZero() {
        assertThat(ProtobufBody.decode(new Message()
                        .number(1, 0)
                        .message(2, new Message().text(1, "u"))
                        .text(4, "Background")
                        .body("policy/v1", "DeleteOptions")))
                .isEqualTo(Json.of("{'apiVersion':'policy/v1','kind':'DeleteOptions','gracePeriodSeconds':0,"
                        + "'preconditions':{'uid':'u'},'propagationPolicy':'Background'}"));
        assertThat(ProtobufBody.decode(
                        new Message().message(1, meta("a")).number(4, 0).body("v1", "ServiceAccount")))
                .isEqualTo(Json.of("{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'a'},"
                        + "'automountServiceAccountToken':false}"));
    }

    @Test
    void metadataIsRead() {
        Message metadata = meta("n")
                .message(11, new Message().text(1, "l").text(2, ""))
                .message(12, new Message().text(1, "a").text(2, "x"))
                .text(14, "f/1")
                .text(14, "f/2")
                .message(
                        13,
                        new Message()
                                .text(1, "K")
                                .text(3, "n")
                                .text(4, "u")
                                .text(5, "v1")
                                .number(6, 0))
                .message(9, new Message().number(1, 1_800_000_000L).number(2, 0))
                .message(99, new Message().text(1, "from the future"));
        assertThat(ProtobufBody.decode(new Message().message(1, metadata).body("v1", "Namespace"))
                        .get("metadata"))
                .isEqualTo(
                        Json.of(
                                "{'name':'n','deletionTimestamp':'2027-01-15T08:00:00Z','labels':{'l':''},"
                                        + "'annotations':{'a':'x'},'finalizers':['f/1','f/2'],"
                                        + "'ownerReferences':[{'kind':'K','name':'n','uid':'u','apiVersion':'v1','controller':false}]}"));
    }

    @Test
    void subjectExtrasAreRead() {
        Message extra = new Message()
                .text(1, "scopes")
                .message(2, new Message().text(1, "a").text(1, "b"));
        assertThat(ProtobufBody.decode(new Message()
                                .message(
                                        2,
                                        new Message()
                                                .text(3, "alice")
                                                .text(4, "g")
                                                .message(5, extra))
                                .body("authorization.k8s.io/v1", "SubjectAccessReview"))
                        .get("spec"))
                .isEqualTo(Json.of("{'user':'alice','groups':['g'],'extra':{'scopes':['a','b']}}"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"v1,Pod", "v2,Secret", "apps/v1,Deployment", "v1,Role", "'',''"})
    void unknownKindsAreToldToComeAsJson(String apiVersion, String kind) {
        WireException thrown = catchThrowableOfType(
                WireException.class,
                () -> ProtobufBody.decode(new Message().message(1, meta("x")).body(apiVersion, kind)));
        assertThat(thrown.reason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(thrown.reason().status()).isEqualTo(415);
        assertThat(thrown)
                .hasMessageContaining("the body of the request was in an unknown format")
                .hasMessageContaining("JSON");
    }

    @Test
    void tooManyValuesAreRefused() {
        Message role = new Message();
        for (int i = 0; i <= ProtobufBody.MOST_VALUES; i++) {
            role.message(2, new Message());
        }
        assertThatThrownBy(() -> ProtobufBody.decode(role.body("rbac.authorization.k8s.io/v1", "Role")))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void damagedBodiesEndInOneExceptionOnly() {
        byte[] good = new Message()
                .message(
                        1,
                        meta("s")
                                .message(11, new Message().text(1, "l").text(2, "v"))
                                .message(17, new Message().text(1, "m").message(7, new Message().text(1, "{}"))))
                .message(2, new Message().text(1, "a").text(2, "b"))
                .text(3, "Opaque")
                .body("v1", "Secret");
        for (int length = 0; length < good.length; length++) {
            tryToRead(Arrays.copyOf(good, length));
        }
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= random.nextInt(4); j++) {
                bad[4 + random.nextInt(bad.length - 4)] = (byte) random.nextInt(256);
            }
            tryToRead(bad);
        }
        for (int i = 0; i < 5_000; i++) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            System.arraycopy(good, 0, noise, 0, Math.min(noise.length, 4 + 14));
            tryToRead(noise);
        }
    }

    private static void tryToRead(byte[] body) {
        try {
            assertThat(ProtobufBody.decode(body)).isNotNull();
        } catch (WireException e) {
            assertThat(e).hasMessageMatching("(?s)the (protobuf body cannot be read|body of the request).*");
        }
    }

    @Test
    void theTablesAreClosed() {
        Set<String> simple = Set.of(
                "string", "string?", "int", "int?", "bool", "bool?", "map", "bytes", "lists", "time", "amount",
                "fields");
        Messages.all()
                .forEach((message, fields) -> fields.values().forEach(field -> {
                    if (!simple.contains(field.element())) {
                        assertThat(Messages.all())
                                .as(message + "." + field.name())
                                .containsKey(field.element());
                    }
                }));
    }
}
