package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.output.Output;
import java.util.function.UnaryOperator;

/** Features as az prints them in a table. */
final class Features {

    static final UnaryOperator<JsonNode> TABLE =
            Output.columns("Name", "/name", "RegistrationState", "/properties/state");

    private Features() {}
}
