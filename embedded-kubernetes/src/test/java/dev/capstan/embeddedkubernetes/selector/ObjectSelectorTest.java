package dev.capstan.embeddedkubernetes.selector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectSelectorTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | true",
                "{'matchLabels':{'a':'b'}} | true",
                "{'matchLabels':{'a':'b','c':'d'}} | false",
                "{'matchExpressions':[{'key':'a','operator':'In','values':['x','b']}]} | true",
                "{'matchExpressions':[{'key':'a','operator':'In','values':['x']}]} | false",
                "{'matchExpressions':[{'key':'z','operator':'In','values':['']}]} | false",
                "{'matchExpressions':[{'key':'a','operator':'NotIn','values':['b']}]} | false",
                "{'matchExpressions':[{'key':'z','operator':'NotIn','values':['b']}]} | true",
                "{'matchExpressions':[{'key':'a','operator':'Exists'}]} | true",
                "{'matchExpressions':[{'key':'z','operator':'Exists'}]} | false",
                "{'matchExpressions':[{'key':'a','operator':'DoesNotExist'}]} | false",
                "{'matchExpressions':[{'key':'z','operator':'DoesNotExist'}]} | true",
                "{'matchLabels':{'a':'b'},'matchExpressions':[{'key':'a','operator':'DoesNotExist'}]} | false"
            })
    void everyRequirementMustHold(String selector, boolean matches) throws Exception {
        JsonNode object = json("{'metadata':{'labels':{'a':'b'}}}");
        assertThat(new ObjectSelector(json(selector)).matches(object)).isEqualTo(matches);
    }

    @Test
    void noneSelectsNothingAndAnEmptyOneObjectsWithoutLabels() throws Exception {
        JsonNode bare = json("{'metadata':{}}");
        assertThat(new ObjectSelector(MissingNode.getInstance()).matches(bare)).isFalse();
        assertThat(new ObjectSelector(NullNode.getInstance()).matches(bare)).isFalse();
        assertThat(new ObjectSelector(json("{}")).matches(bare)).isTrue();
    }
}
