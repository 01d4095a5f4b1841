package dev.capstan.embeddedkubernetes.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Json;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategicMergePatchTest {

    private static final JsonNode SCHEMA = Json.of("""
            {'type':'object','properties':{
              'containers':{'type':'array','x-kubernetes-patch-merge-key':'name','x-kubernetes-patch-strategy':'merge',
                'items':{'type':'object','properties':{
                  'name':{'type':'string'},
                  'env':{'type':'array','x-kubernetes-patch-merge-key':'name','x-kubernetes-patch-strategy':'merge','items':{'type':'object'}},
                  'args':{'type':'array','items':{'type':'string'}}}}},
              'finalizers':{'type':'array','x-kubernetes-patch-strategy':'merge','items':{'type':'string'}},
              'tolerations':{'type':'array','x-kubernetes-list-type':'atomic','items':{'type':'object'}},
              'strategy':{'type':'object','x-kubernetes-patch-strategy':'retainKeys'},
              'whole':{'type':'object','x-kubernetes-patch-strategy':'replace'},
              'labels':{'type':'object','additionalProperties':{'type':'string'}}}}
            """);

    /** The first groups are the examples of the Kubernetes documentation and of the community document. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            list of objects is merged by key     | {'containers':[{'name':'nginx','image':'nginx-1.0'}]} | {'containers':[{'name':'log-tailer','image':'log-tailer-1.0'}]} | {'containers':[{'name':'nginx','image':'nginx-1.0'},{'name':'log-tailer','image':'log-tailer-1.0'}]}
            item of a list is changed            | {'containers':[{'name':'a','image':'1','args':['x']},{'name':'b'}]} | {'containers':[{'name':'a','image':'2'}]} | {'containers':[{'name':'a','image':'2','args':['x']},{'name':'b'}]}
            list without strategy is replaced    | {'tolerations':[{'key':'a'},{'key':'b'}]} | {'tolerations':[{'key':'c'}]} | {'tolerations':[{'key':'c'}]}
            list of scalars is a set             | {'finalizers':['a','b']} | {'finalizers':['b','c']} | {'finalizers':['a','b','c']}
            $patch replace in a list             | {'containers':[{'name':'nginx','image':'1'}]} | {'containers':[{'name':'log-tailer','image':'2'},{'$patch':'replace'}]} | {'containers':[{'name':'log-tailer','image':'2'}]}
            $patch delete in a list              | {'containers':[{'name':'nginx'},{'name':'log-tailer'}]} | {'containers':[{'$patch':'delete','name':'log-tailer'}]} | {'containers':[{'name':'nginx'}]}
            $patch delete of an absent item      | {'containers':[{'name':'nginx'}]} | {'containers':[{'$patch':'delete','name':'x'}]} | {'containers':[{'name':'nginx'}]}
            $patch replace in a map              | {'labels':{'a':'1','b':'2'}} | {'labels':{'$patch':'replace','c':'3'}} | {'labels':{'c':'3'}}
            $patch delete in a map               | {'labels':{'a':'1'},'x':1} | {'labels':{'$patch':'delete'}} | {'labels':{},'x':1}
            $patch replace at the root           | {'a':1} | {'$patch':'replace','b':2} | {'b':2}
            delete from a list of scalars        | {'finalizers':['a','b','c']} | {'$deleteFromPrimitiveList/finalizers':['b','x']} | {'finalizers':['a','c']}
            delete and add in a list of scalars  | {'finalizers':['a','b']} | {'$deleteFromPrimitiveList/finalizers':['b'],'finalizers':['c']} | {'finalizers':['a','c']}
            order of scalars                     | {'finalizers':['a','b','c']} | {'$setElementOrder/finalizers':['c','b','a','d'],'finalizers':['d']} | {'finalizers':['c','b','a','d']}
            order of objects, live item stays    | {'containers':[{'name':'a'},{'name':'live'},{'name':'b'}]} | {'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],'containers':[{'name':'a','image':'2'}]} | {'containers':[{'name':'live'},{'name':'b'},{'name':'a','image':'2'}]}
            order keeps a live item in its place | {'containers':[{'name':'live'},{'name':'a'},{'name':'b'}]} | {'$setElementOrder/containers':[{'name':'a'},{'name':'b'}],'containers':[{'name':'b','image':'2'}]} | {'containers':[{'name':'live'},{'name':'a'},{'name':'b','image':'2'}]}
            order without changes                | {'containers':[{'name':'a'},{'name':'b'}]} | {'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]} | {'containers':[{'name':'b'},{'name':'a'}]}
            order of a list that is new          | {} | {'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],'containers':[{'name':'a'},{'name':'b'}]} | {'containers':[{'name':'b'},{'name':'a'}]}
            order with a deleted item            | {'containers':[{'name':'a'},{'name':'b'}]} | {'$setElementOrder/containers':[{'name':'a'}],'containers':[{'name':'b','$patch':'delete'}]} | {'containers':[{'name':'a'}]}
            order beside a deletion of the list  | {'containers':[{'name':'a'}]} | {'$setElementOrder/containers':[],'containers':null} | {}
            retain keys                          | {'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}} | {'strategy':{'$retainKeys':['type'],'type':'Recreate'}} | {'strategy':{'type':'Recreate'}}
            map with strategy replace            | {'whole':{'a':1}} | {'whole':{'b':2}} | {'whole':{'b':2}}
            null removes a field                 | {'labels':{'a':'1','b':'2'}} | {'labels':{'a':null}} | {'labels':{'b':'2'}}
            nulls of a new value are dropped     | {} | {'labels':{'a':null,'b':'2'}} | {'labels':{'b':'2'}}
            directives of a new value are none   | {} | {'containers':[{'name':'a','$retainKeys':['name']},{'name':'b','$patch':'delete'}]} | {'containers':[{'name':'a'}]}
            nested lists                         | {'containers':[{'name':'a','env':[{'name':'X','value':'1'}],'args':['1']}]} | {'containers':[{'name':'a','env':[{'name':'Y','value':'2'}],'args':['2']}]} | {'containers':[{'name':'a','env':[{'name':'X','value':'1'},{'name':'Y','value':'2'}],'args':['2']}]}
            unknown fields                       | {'x':{'a':1,'l':[1]}} | {'x':{'b':2,'l':[2]}} | {'x':{'a':1,'l':[2],'b':2}}
            other type replaces                  | {'labels':{'a':'1'}} | {'labels':'text'} | {'labels':'text'}
            """)
    void applies(String name, String document, String patch, String expected) {
        ObjectNode before = Json.object(document);
        JsonNode change = Json.of(patch);
        assertThat(StrategicMergePatch.apply(before, change, SCHEMA)).isEqualTo(Json.of(expected));
        assertThat(before).isEqualTo(Json.of(document));
        assertThat(change).isEqualTo(Json.of(patch));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            no object                      | []
            unknown directive              | {'$patch':'frob'}
            item without its merge key     | {'containers':[{'image':'x'}]}
            merge key is an object         | {'containers':[{'name':{}}]}
            scalars in a list of objects   | {'containers':['x']}
            lists in a list                | {'containers':[[1]]}
            unknown directive in a list    | {'containers':[{'name':'a','$patch':'merge'}]}
            order is no list               | {'$setElementOrder/containers':{}}
            order misses an item           | {'$setElementOrder/containers':[],'containers':[{'name':'z'}]}
            deletions are no list          | {'$deleteFromPrimitiveList/finalizers':'a'}
            retain keys is no list         | {'strategy':{'$retainKeys':'x'}}
            retain keys misses a key       | {'strategy':{'$retainKeys':['a'],'b':1}}
            """)
    void refuses(String name, String patch) {
        ObjectNode document = Json.object("{'containers':[{'name':'a'}],'finalizers':['a'],'strategy':{'type':'x'}}");
        assertThatThrownBy(() -> StrategicMergePatch.apply(document, Json.of(patch), SCHEMA))
                .isInstanceOfSatisfying(
                        PatchException.class, e -> assertThat(e.reason()).isEqualTo(PatchException.Reason.MALFORMED));
    }

    @Test
    void taintsAreReplacedAndConditionsMergedAsInRealKubernetes() {
        JsonNode node = Json.builtin("Node").schema();
        ObjectNode before = Json.object("""
                {'spec':{'taints':[{'key':'a','effect':'NoSchedule'}]},
                 'status':{'conditions':[{'type':'Ready','status':'True'}]},
                 'metadata':{'finalizers':['x/a'],'ownerReferences':[{'uid':'1','name':'o'}]}}
                """);
        ObjectNode after = StrategicMergePatch.apply(before, Json.of("""
                        {'spec':{'taints':[{'key':'b','effect':'NoExecute'}]},
                         'status':{'conditions':[{'type':'CustomCATrusted','status':'False'}]},
                         'metadata':{'finalizers':['x/b'],'ownerReferences':[{'uid':'1','name':'p'}]}}
                        """), node);
        assertThat(after).isEqualTo(Json.of("""
                                {'spec':{'taints':[{'key':'b','effect':'NoExecute'}]},
                                 'status':{'conditions':[{'type':'Ready','status':'True'},{'type':'CustomCATrusted','status':'False'}]},
                                 'metadata':{'finalizers':['x/a','x/b'],'ownerReferences':[{'uid':'1','name':'p'}]}}
                                """));
    }

    @Test
    void longListsCostTheirLengthOnly() {
        ObjectNode document = Json.object("{'containers':[]}");
        ObjectNode patch = Json.object("{'containers':[],'$setElementOrder/containers':[]}");
        for (int i = 0; i < 40_000; i++) {
            ((ArrayNode) document.get("containers")).addObject().put("name", "n" + i);
            ((ArrayNode) patch.get("containers"))
                    .addObject()
                    .put("name", "n" + (39_999 - i))
                    .put("x", 1);
            ((ArrayNode) patch.get("$setElementOrder/containers")).addObject().put("name", "n" + (39_999 - i));
        }
        Assertions.assertTimeout(
                Duration.ofMinutes(2),
                () -> assertThat(StrategicMergePatch.apply(document, patch, SCHEMA)
                                .path("containers")
                                .path(0)
                                .path("name")
                                .asText())
                        .isEqualTo("n39999"));
    }
}
