package dev.capstan.embeddedkubernetes.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Json;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @ParameterizedTest(name = "{0} s: {1}")
    @CsvSource({
        "-2,<invalid>",
        "-1,0s",
        "0,0s",
        "7,7s",
        "119,119s",
        "120,2m",
        "301,5m1s",
        "599,9m59s",
        "600,10m",
        "10799,179m",
        "10800,3h",
        "12000,3h20m",
        "28800,8h",
        "172799,47h",
        "172800,2d",
        "180000,2d2h",
        "691200,8d",
        "63072000,2y",
        "63158400,2y1d",
        "252288000,8y"
    })
    void humanDuration(long seconds, String expected) {
        assertThat(HumanDuration.of(Duration.ofSeconds(seconds))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Secret         | {'metadata':{'name':'s','creationTimestamp':'2026-11-21T11:59:53Z'},'type':'Opaque','data':{'a':'','b':''}} | ['s','Opaque',2,'7s']
            ConfigMap      | {'metadata':{'name':'c'},'data':{'a':'x'},'binaryData':{'b':''}} | ['c',2,'<unknown>']
            Namespace      | {'metadata':{'name':'n','creationTimestamp':'2026-11-21T08:40:00Z'},'status':{'phase':'Active'}} | ['n','Active','3h20m']
            ServiceAccount | {'metadata':{'name':'a'},'secrets':[{'name':'x'}]} | ['a',1,'<unknown>']
            Lease          | {'metadata':{'name':'l','creationTimestamp':'2026-11-19T12:00:00Z'},'spec':{'holderIdentity':'me'}} | ['l','me','2d']
            Role           | {'metadata':{'name':'r','creationTimestamp':'2026-11-19T12:00:00Z'}} | ['r','2026-11-19T12:00:00Z']
            RoleBinding    | {'metadata':{'name':'b'},'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'User','name':'u'},{'kind':'User','name':'v'},{'kind':'Group','name':'g'},{'kind':'ServiceAccount','name':'s','namespace':'n'}]} | ['b','Role/r','<unknown>','u, v','g','n/s']
            CustomResourceDefinition | {'metadata':{'name':'x.example.org','creationTimestamp':'2026-11-19T12:00:00Z'}} | ['x.example.org','2026-11-19T12:00:00Z']
            Node           | {'metadata':{'name':'n'}} | ['n','Unknown','<none>','<unknown>','','<none>','<none>','<unknown>','<unknown>','<unknown>']
            Event          | {'metadata':{'name':'e'},'type':'Warning','reason':'Q','message':' bad \\n','involvedObject':{'kind':'Node','name':'n'},'source':{'component':'capstan'},'firstTimestamp':'2026-11-21T11:00:00Z','lastTimestamp':'2026-11-21T11:54:59Z','count':3} | ['5m1s','Warning','Q','node/n','','capstan','bad','60m',3,'e']
            Event          | {'metadata':{'name':'e'},'involvedObject':{'kind':'Node'},'reportingComponent':'c','reportingInstance':'i','eventTime':'2026-11-21T11:59:00.123456Z'} | ['59s','','','node','','c, i','','59s',1,'e']
            Event          | {'metadata':{'name':'e'},'involvedObject':{'kind':'Node'},'series':{'count':4,'lastObservedTime':'2026-11-21T11:59:59.000000Z'}} | ['1s','','','node','','','','<unknown>',5,'e']
            PodDisruptionBudget | {'metadata':{'name':'b'},'spec':{'minAvailable':2}} | ['b','2','N/A',0,'<unknown>']
            PodDisruptionBudget | {'metadata':{'name':'b'},'spec':{'maxUnavailable':'50%'},'status':{'disruptionsAllowed':3}} | ['b','N/A','50%',3,'<unknown>']
            DaemonSet      | {'metadata':{'name':'d'},'spec':{'selector':{'matchExpressions':[{'key':'a','operator':'In','values':['b','c']},{'key':'d','operator':'DoesNotExist'}]},'template':{'spec':{'nodeSelector':{'y':'2','x':'1'},'containers':[{'name':'c','image':'i'},{'name':'e','image':'j'}]}}},'status':{'desiredNumberScheduled':1,'currentNumberScheduled':2,'numberReady':3,'updatedNumberScheduled':4,'numberAvailable':5}} | ['d',1,2,3,4,5,'x=1,y=2','<unknown>','c,e','i,j','a in (b,c),!d']
            """)
    void cells(String kind, String object, String expected) {
        JsonNode table = Table.of(
                Json.builtin(kind),
                List.of(Json.object(object.replaceFirst("\\{", "{'kind':'" + kind + "',"))),
                Json.object("{'resourceVersion':'7'}"),
                IncludeObject.METADATA,
                NOW);
        assertThat(table.at("/rows/0/cells").toString())
                .isEqualTo(Json.of(expected).toString());
        assertThat(table.path("columnDefinitions")).hasSize(Json.of(expected).size());
    }

    /** Ready, status and restarts of a pod with two containers {@code a} and {@code b} and the init container {@code i}. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'phase':'Pending'} | 0/2 | Pending | 0
            {'phase':'Failed','reason':'Evicted'} | 0/2 | Evicted | 0
            {'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False','reason':'SchedulingGated'}]} | 0/2 | SchedulingGated | 0
            {'phase':'Pending','initContainerStatuses':[{'name':'i','restartCount':1,'state':{'running':{}}}]} | 0/2 | Init:0/1 | 1
            {'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'waiting':{'reason':'ImagePullBackOff'}}}]} | 0/2 | Init:ImagePullBackOff | 0
            {'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'exitCode':3}}}]} | 0/2 | Init:ExitCode:3 | 0
            {'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'exitCode':0}}}],'containerStatuses':[{'name':'a','state':{'waiting':{'reason':'ContainerCreating'}}}]} | 0/2 | ContainerCreating | 0
            {'phase':'Running','containerStatuses':[{'name':'a','ready':true,'restartCount':2,'state':{'running':{}}},{'name':'b','restartCount':3,'lastState':{'terminated':{'exitCode':1,'finishedAt':'2026-11-21T11:59:00Z'}},'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]} | 1/2 | CrashLoopBackOff | 5 (60s ago)
            {'phase':'Running','containerStatuses':[{'name':'a','state':{'terminated':{'exitCode':0,'reason':'Completed'}}},{'name':'b','ready':true,'state':{'running':{}}}],'conditions':[{'type':'Ready','status':'False'}]} | 1/2 | NotReady | 0
            {'phase':'Succeeded','containerStatuses':[{'name':'a','state':{'terminated':{'exitCode':0,'reason':'Completed'}}},{'name':'b','state':{'terminated':{'exitCode':0,'reason':'Completed'}}}]} | 0/2 | Completed | 0
            """)
    void podIsToldByWhatHoldsItUp(String status, String ready, String word, String restarts) {
        ObjectNode pod = Json.object("{'metadata':{'name':'p'},'spec':{'initContainers':[{'name':'i'}],'containers':"
                + "[{'name':'a'},{'name':'b'}]},'status':" + status + "}");
        JsonNode table = Table.of(Json.builtin("Pod"), List.of(pod), pod, IncludeObject.NONE, NOW);
        assertThat(table.at("/rows/0/cells").toString())
                .startsWith("[\"p\",\"" + ready + "\",\"" + word + "\",\"" + restarts + "\",");
    }

    @Test
    void podThatIsBeingDeletedIsTerminating() {
        ObjectNode pod = Json.object("{'metadata':{'name':'p','deletionTimestamp':'2026-11-21T11:59:00Z'},'spec':"
                + "{'containers':[{'name':'a'}],'readinessGates':[{'conditionType':'x'},{'conditionType':'y'}]},"
                + "'status':{'phase':'Running','podIP':'10.0.0.7','conditions':[{'type':'x','status':'True'}]}}");
        JsonNode table = Table.of(Json.builtin("Pod"), List.of(pod), pod, IncludeObject.NONE, NOW);
        assertThat(table.at("/rows/0/cells").toString())
                .isEqualTo(
                        "[\"p\",\"0/1\",\"Terminating\",\"0\",\"<unknown>\",\"10.0.0.7\",\"<none>\",\"<none>\",\"1/2\"]");
    }

    @Test
    void nodesShowWhatTheRealServerShows() {
        ObjectNode node = Json.object("""
                {'metadata':{'name':'n1','labels':{'node-role.kubernetes.io/worker':'','node-role.kubernetes.io/agent':'','kubernetes.io/role':'x'}},
                 'spec':{'unschedulable':true},
                 'status':{'conditions':[{'type':'Ready','status':'False'}],
                   'addresses':[{'type':'InternalIP','address':'10.0.0.1'}],
                   'nodeInfo':{'kubeletVersion':'v1.36.0','osImage':'Debian','kernelVersion':'6.1','containerRuntimeVersion':'containerd://1.6.20'}}}
                """);
        JsonNode table = Table.of(Json.builtin("Node"), List.of(node), node, IncludeObject.NONE, NOW);
        assertThat(table.at("/rows/0/cells").toString())
                .isEqualTo("[\"n1\",\"NotReady,SchedulingDisabled\",\"agent,worker,x\",\"<unknown>\",\"v1.36.0\","
                        + "\"10.0.0.1\",\"<none>\",\"Debian\",\"6.1\",\"containerd://1.6.20\"]");
        assertThat(names(table))
                .containsExactly(
                        "Name",
                        "Status",
                        "Roles",
                        "Age",
                        "Version",
                        "Internal-IP",
                        "External-IP",
                        "OS-Image",
                        "Kernel-Version",
                        "Container-Runtime");
        assertThat(table.at("/rows/0").has("object")).isFalse();
    }

    @Test
    void customColumnsAreRead() {
        Kind trust = Json.trust("{'type':'object'}");
        ObjectNode object = Json.object("""
                {'metadata':{'name':'t'},'spec':{'max':'three','since':'2026-11-21T11:00:00Z'},
                 'status':{'conditions':[{'type':'Other','status':'x'},{'type':'Ready','status':'True'}]}}
                """);
        JsonNode table = Table.of(trust, List.of(object), object, IncludeObject.OBJECT, NOW);
        assertThat(table.at("/rows/0/cells").toString()).isEqualTo("[\"t\",null,\"True\",\"60m\"]");
        assertThat(table.at("/rows/0/object")).isEqualTo(object);
        assertThat(table.at("/columnDefinitions/3/priority").asInt()).isEqualTo(1);
    }

    @Test
    void theListsMetadataIsKept() {
        ObjectNode table = Table.of(
                Json.builtin("Secret"),
                List.of(),
                Json.object("{'resourceVersion':'7','continue':'x','remainingItemCount':3,'name':'no'}"),
                IncludeObject.METADATA,
                NOW);
        assertThat(table.path("metadata"))
                .isEqualTo(Json.of("{'resourceVersion':'7','continue':'x','remainingItemCount':3}"));
        assertThat(table.path("rows")).isEmpty();
    }

    @Test
    void onlyTheFirstEventHasColumns() {
        ObjectNode secret = Json.object("{'metadata':{'name':'s','resourceVersion':'9'}}");
        JsonNode first = Table.event(Json.builtin("Secret"), secret, IncludeObject.METADATA, NOW, true);
        JsonNode next = Table.event(Json.builtin("Secret"), secret, IncludeObject.METADATA, NOW, false);
        assertThat(first.path("columnDefinitions")).hasSize(4);
        assertThat(next.get("columnDefinitions").isNull()).isTrue();
        assertThat(next.at("/metadata/resourceVersion").asText()).isEqualTo("9");
        assertThat(next.at("/rows/0/object/kind").asText()).isEqualTo("PartialObjectMetadata");
    }

    @Test
    void everyColumnOfEveryKindCanBeShownForAnEmptyObject() {
        for (Kind kind : BuiltinKinds.load().all()) {
            JsonNode table = Table.of(kind, List.of(Json.object("{}")), Json.object("{}"), IncludeObject.METADATA, NOW);
            assertThat(table.at("/rows/0/cells")).hasSize(kind.columns().size());
        }
    }

    private static List<String> names(JsonNode table) {
        return table.path("columnDefinitions").findValuesAsText("name");
    }
}
