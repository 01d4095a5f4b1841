package dev.capstan.embeddedkubernetes.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.embeddedkubernetes.kinds.Json;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodingTest {

    private static final Kind SECRET = Json.builtin("Secret");

    @Test
    void misspeltFieldsAreFoundAndLeftOut() {
        var decoded = Decoding.decode(
                SECRET, Json.object("{'stringDat':{'a':'b'},'metadata':{'name':'s','label':{}},'type':'Opaque'}"));
        assertThat(decoded.unknownFields()).containsExactly("stringDat", "metadata.label");
        assertThat(decoded.object()).isEqualTo(Json.of("{'metadata':{'name':'s'},'type':'Opaque'}"));
        assertThat(Decoding.strictMessage(SECRET, List.of("stringDat")))
                .isEqualTo("Secret in version \"v1\" cannot be handled as a Secret: strict decoding error: "
                        + "unknown field \"stringDat\"");
        assertThat(Decoding.warnings(List.of("spec.x"))).containsExactly("unknown field \"spec.x\"");
    }

    @Test
    void nullsOfBuiltInKindsAreDropped() {
        var decoded = Decoding.decode(
                SECRET, Json.object("{'metadata':{'name':'s','creationTimestamp':null},'data':null,'type':'Opaque'}"));
        assertThat(decoded.object()).isEqualTo(Json.of("{'metadata':{'name':'s'},'type':'Opaque'}"));
    }

    @Test
    void base64IsStoredInItsOneSpelling() {
        var decoded = Decoding.decode(SECRET, Json.object("{'data':{'a':'YW\\nI=\\r\\n','b':'','c':'YR=='}}"));
        assertThat(decoded.object()).isEqualTo(Json.of("{'data':{'a':'YWI=','b':'','c':'YQ=='}}"));
    }

    @Test
    void quantitiesAreStoredAsText() {
        var decoded =
                Decoding.decode(Json.builtin("Node"), Json.object("{'status':{'capacity':{'cpu':4,'memory':'1Gi'}}}"));
        assertThat(decoded.object()).isEqualTo(Json.of("{'status':{'capacity':{'cpu':'4','memory':'1Gi'}}}"));
    }

    @Test
    void timesAreStoredInTheirOneSpelling() {
        var decoded = Decoding.decode(
                Json.builtin("Lease"),
                Json.object("{'metadata':{'creationTimestamp':'2026-11-21T10:00:00.5+01:00'},"
                        + "'spec':{'renewTime':'2026-11-21T10:00:00.123456789Z'}}"));
        assertThat(decoded.object())
                .isEqualTo(Json.of("{'metadata':{'creationTimestamp':'2026-11-21T09:00:00Z'},"
                        + "'spec':{'renewTime':'2026-11-21T10:00:00.123456Z'}}"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'data':{'a':'x'}}             | illegal base64 data at input byte 1
            {'data':{'a':'a b='}}          | illegal base64 data at input byte 1
            {'data':{'a':1}}               | json: cannot unmarshal number into Go struct field Secret.data.a of type []uint8
            {'data':['a']}                 | json: cannot unmarshal array into Go struct field Secret.data of type map[string][]uint8
            {'type':{}}                    | json: cannot unmarshal object into Go struct field Secret.type of type string
            {'immutable':'yes'}            | json: cannot unmarshal string into Go struct field Secret.immutable of type bool
            {'metadata':{'labels':{'a':1}}}| json: cannot unmarshal number into Go struct field Secret.metadata.labels.a of type string
            {'metadata':{'creationTimestamp':'x'}} | parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse it
            """)
    void refuses(String object, String words) {
        assertThatThrownBy(() -> Decoding.decode(SECRET, Json.object(object)))
                .isInstanceOf(DecodingException.class)
                .hasMessage("Secret in version \"v1\" cannot be handled as a Secret: " + words);
    }

    @Test
    void customObjectsArePrunedButNotJudged() {
        Kind trust = Json.trust("""
                {'type':'object','properties':{'max':{'type':'integer'},
                  'list':{'type':'array','items':{'type':'object','properties':{'a':{'type':'string'}}}},
                  'map':{'type':'object','additionalProperties':{'type':'object','properties':{'a':{'type':'string'}}}},
                  'free':{'type':'object','x-kubernetes-preserve-unknown-fields':true,
                          'properties':{'known':{'type':'object','properties':{}}}}}}
                """);
        var decoded = Decoding.decode(trust, Json.object("""
                        {'apiVersion':'example.org/v1','kind':'Trust','metadata':{'name':'t','creationTimestamp':null},
                         'spec':{'max':'text','x':1,'list':[{'a':'1','b':2}],'map':{'k':{'a':'1','b':2}},
                                 'free':{'y':{'z':null},'known':{'no':1}}}}
                        """));
        assertThat(decoded.unknownFields())
                .containsExactly("spec.x", "spec.list[0].b", "spec.map.k.b", "spec.free.known.no");
        assertThat(decoded.object()).isEqualTo(Json.of("""
                                {'apiVersion':'example.org/v1','kind':'Trust','metadata':{'name':'t'},
                                 'spec':{'max':'text','list':[{'a':'1'}],'map':{'k':{'a':'1'}},'free':{'y':{'z':null},'known':{}}}}
                                """));
    }

    @Test
    void numbersThatJsonCannotExpressAreRefusedEverywhere() {
        Kind trust = Json.trust("{'type':'object','x-kubernetes-preserve-unknown-fields':true,"
                + "'properties':{'n':{'type':'number'}}}");
        for (String spec : List.of("{'n':1e400}", "{'x':{'y':[-1e400]}}")) {
            assertThatThrownBy(() -> Decoding.decode(trust, Json.object("{'spec':" + spec + "}")))
                    .isInstanceOf(DecodingException.class)
                    .hasMessageContaining("too large for float64");
        }
    }

    @Test
    void metadataOfCustomObjectsIsJudged() {
        Kind trust = Json.trust("{'type':'object'}");
        assertThatThrownBy(() -> Decoding.decode(trust, Json.object("{'metadata':{'name':1}}")))
                .isInstanceOf(DecodingException.class);
        assertThatThrownBy(() -> Decoding.decode(trust, Json.object("{'metadata':[]}")))
                .isInstanceOf(DecodingException.class);
    }

    @Test
    void defaultsAreFilledInDownTheTree() {
        Kind trust = Json.trust("""
                {'type':'object','default':{},'properties':{
                  'max':{'type':'integer','default':10},
                  'n':{'type':'string','nullable':true,'default':'x'},
                  'list':{'type':'array','items':{'type':'object','properties':{'a':{'type':'string','default':'d'}}}},
                  'absent':{'type':'object','properties':{'a':{'type':'string','default':'d'}}}}}
                """);
        assertThat(Defaults.apply(Json.object("{'spec':{'max':null,'n':null,'list':[{}]}}"), trust.schema()))
                .isEqualTo(Json.of("{'spec':{'max':10,'n':null,'list':[{'a':'d'}]}}"));
        assertThat(Defaults.apply(Json.object("{}"), trust.schema())).isEqualTo(Json.of("{'spec':{'max':10,'n':'x'}}"));
        assertThat(Defaults.apply(Json.object("{}"), SECRET.schema())).isEqualTo(Json.of("{'type':'Opaque'}"));
    }

    @Test
    void base64IsReadAsGoDoes() {
        assertThat(new String(GoBase64.decode("aGVs\nbG8=\n"), StandardCharsets.UTF_8))
                .isEqualTo("hello");
        assertThat(GoBase64.decode("")).isEmpty();
        assertThat(GoBase64.decode("YR==")).isEqualTo(new byte[] {'a'});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a", "aa", "aaa", "a===", "=aaa", "aa=a", "aa==a", "aa== ", "aa-_", "aaaa=", "aa\taa", "ä000", "a\n=="
            })
    void otherBase64IsRefused(String text) {
        assertThatThrownBy(() -> GoBase64.decode(text)).isInstanceOf(GoBase64.Malformed.class);
    }
}
