package dev.capstan.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "registry.corp:443,            registry.corp,     443,  ''",
        "' registry:5000 ',            registry,          5000, ''",
        "10.1.2.3:8443,                10.1.2.3,          8443, ''",
        "'[2001:db8::1]:443',          2001:db8::1,       443,  ''",
        "https://registry.corp,        registry.corp,     443,  /",
        "https://registry.corp:1/v2/,  registry.corp,     1,    /v2/",
        "HTTPS://registry.corp/a?b=c,  registry.corp,     443,  /a?b=c",
        "'https://[::1]/x',            ::1,               443,  /x"
    })
    void aServerIsReadFromAnAddressOrAUrl(String text, String host, int port, String path) {
        assertThat(Endpoint.parse(text)).isEqualTo(new TlsEndpoint(text.strip(), host, port, path));
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io/library/busybox:1,  docker.io,          library/busybox, registry-1.docker.io:443",
        "registry.corp/app,            registry.corp,      app,             registry.corp:443",
        "registry.corp:5000/a/b:v1,    registry.corp:5000, a/b,             registry.corp:5000",
        "localhost/app,                localhost,          app,             localhost:443"
    })
    void anImageIsReadWithItsRegistry(String text, String registry, String repository, String server) {
        var image = (ImageEndpoint) Endpoint.parse(text);

        assertThat(image).isEqualTo(new ImageEndpoint(text, registry, repository));
        assertThat(image.server().address()).isEqualTo(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "registry.corp",
                "busybox",
                "library/busybox",
                "http://registry.corp/",
                "docker://registry.corp/x",
                "https:///x",
                "https://me:secret@registry.corp/",
                "registry.corp:0",
                "registry.corp:65536",
                "registry.corp/App",
                "registry.corp/app@sha256:12",
                "registry corp:443",
                "-x:443",
                "https://registry.corp/x y"
            })
    void whatIsNoneIsRefusedInWords(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
