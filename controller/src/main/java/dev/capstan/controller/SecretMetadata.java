package dev.capstan.controller;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * A Secret without its content. The controller asks for metadata alone ({@code PartialObjectMetadata}); should a server
 * answer with the whole object nevertheless, its content is dropped while it is read.
 */
@Group("")
@Version("v1")
@Kind("Secret")
@Plural("secrets")
@JsonDeserialize(
        using =
                JsonDeserializer.None
                        .class) // as the library's own model classes: the inherited one dispatches by kind, to here
@JsonIgnoreProperties(ignoreUnknown = true)
final class SecretMetadata implements HasMetadata, Namespaced {

    private @Nullable String apiVersion;
    private @Nullable String kind;
    private ObjectMeta metadata = new ObjectMeta();

    @Override
    public String getApiVersion() {
        return apiVersion == null ? "v1" : apiVersion;
    }

    @Override
    public void setApiVersion(String apiVersion) {
        this.apiVersion = apiVersion;
    }

    @Override
    public String getKind() {
        return kind == null ? "Secret" : kind;
    }

    /** Called by the JSON library. */
    public void setKind(String kind) {
        this.kind = kind;
    }

    @Override
    public ObjectMeta getMetadata() {
        return metadata;
    }

    @Override
    public void setMetadata(ObjectMeta metadata) {
        this.metadata = metadata;
    }
}
