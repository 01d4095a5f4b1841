package dev.capstan.embeddedkubernetes.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectMetaTest {

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            Secret      | {'name':'a.b-c','namespace':'n'}                | ``
            Secret      | {'name':'1','namespace':'n','labels':{'a':'','example.org/x':'Y_1'}} | ``
            Secret      | {'namespace':'n'}                               | metadata.name: Required value: name or generateName is required
            Secret      | {'generateName':'a-','namespace':'n'}           | ``
            Secret      | {'name':'A','namespace':'n'}                    | metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            Secret      | {'name':'a'}                                    | metadata.namespace: Required value
            Secret      | {'name':'a','namespace':'N.'}                   | metadata.namespace: Invalid value: "N.": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            Node        | {'name':'a','namespace':'n'}                    | metadata.namespace: Forbidden: not allowed on this type
            Namespace   | {'name':'a.b'}                                  | metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            ClusterRole | {'name':'system:a'}                             | ``
            ClusterRole | {'name':'a/b'}                                  | metadata.name: Invalid value: "a/b": may not contain '/'
            Node        | {'name':'a','labels':{'a':'b c'}}               | metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            Node        | {'name':'a','labels':{'a/b/c':''}}              | metadata.labels: Invalid value: "a/b/c": a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')
            Node        | {'name':'a','annotations':{'Example.org/X':'any text'}} | ``
            Node        | {'name':'a','finalizers':['x']}                 | metadata.finalizers: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified
            Node        | {'name':'a','finalizers':['example.org/x','foregroundDeletion']} | ``
            Node        | {'name':'a','ownerReferences':[{'apiVersion':'v1','kind':'K','name':'n'}]} | metadata.ownerReferences[0].uid: Invalid value: "": uid must not be empty
            """)
    void metadata(String kind, String metadata, String expected) {
        ObjectNode object = Json.object("{'metadata':" + metadata + "}");
        assertThat(String.join("\n", Json.texts(ObjectMeta.validate(Json.builtin(kind), object))))
                .isEqualTo(expected);
    }

    @Test
    void onlyOneOwnerControls() {
        ObjectNode object = Json.object("{'metadata':{'name':'a','ownerReferences':["
                + "{'apiVersion':'v1','kind':'K','name':'n','uid':'1','controller':true},"
                + "{'apiVersion':'v1','kind':'K','name':'m','uid':'2','controller':true}]}}");
        assertThat(ObjectMeta.validate(Json.builtin("Node"), object))
                .singleElement()
                .asString()
                .contains(
                        "Only one reference can have Controller set to true. Found \"true\" in references for K/n and K/m");
    }

    @Test
    void sizeOfAnnotationsAndNamesIsBounded() {
        ObjectNode object = Json.object(
                "{'metadata':{'name':'" + "a".repeat(254) + "','annotations':{'a':'" + "x".repeat(256 * 1024) + "'}}}");
        assertThat(Json.texts(ObjectMeta.validate(Json.builtin("Node"), object)))
                .hasSize(2)
                .anyMatch(e -> e.endsWith("must be no more than 253 bytes"))
                .contains("metadata.annotations: Too long: may not be more than 262144 bytes");
    }
}
