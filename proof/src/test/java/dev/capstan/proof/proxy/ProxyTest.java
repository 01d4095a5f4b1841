package dev.capstan.proof.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Go's rules: the rows are those of its own test, golang.org/x/net/http/httpproxy, and more. */
class ProxyTest {

    @ParameterizedTest(name = "NO_PROXY={0}: {1}:{2} by proxy {3}")
    @CsvSource(delimiter = '|', textBlock = """
        foobar.com, .barbaz.net, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64 | localhost | 443 | false
        .barbaz.net              | 127.0.0.1         | 443 | false
        .barbaz.net              | 127.0.0.2         | 443 | false
        .barbaz.net              | ::1               | 443 | false
        .barbaz.net              | barbaz.net        | 443 | true
        .barbaz.net              | www.barbaz.net    | 443 | false
        *.barbaz.net             | www.barbaz.net    | 443 | false
        *.barbaz.net             | barbaz.net        | 443 | true
        foobar.com               | foobar.com        | 443 | false
        foobar.com               | www.foobar.com    | 443 | false
        foobar.com               | WWW.FooBar.com.   | 443 | false
        foobar.com               | foofoobar.com     | 443 | true
        foobar.com:8443          | foobar.com        | 443 | true
        foobar.com:8443          | foobar.com        | 8443 | false
        192.168.1.1              | 192.168.1.1       | 443 | false
        192.168.1.2:81           | 192.168.1.2       | 443 | true
        192.168.1.2:443          | 192.168.1.2       | 443 | false
        10.0.0.0/30              | 10.0.0.2          | 443 | false
        10.0.0.0/30              | 10.0.0.5          | 443 | true
        10.0.0.0/30              | ten.example       | 443 | true
        2001:db8::52:0:1         | 2001:db8::52:0:1  | 443 | false
        [2001:db8::52:0:2]:443   | 2001:db8::52:0:2  | 443 | false
        [2001:db8::52:0:3]:80    | 2001:db8::52:0:3  | 443 | true
        2002:db8:a::45/64        | 2002:db8:a:0::9   | 443 | false
        *                        | anything.example  | 443 | false
        ' , ,'                   | anything.example  | 443 | true
        """)
    void noProxyIsReadAsGoReadsIt(String noProxy, String host, int port, boolean proxied) {
        var environment = Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", noProxy);

        assertThat(Proxy.forHost(environment, host, port).isPresent()).isEqualTo(proxied);
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy:3128,         http://proxy:3128",
        "proxy:3128,                http://proxy:3128",
        "proxy,                     http://proxy:80",
        "https://proxy.corp,        https://proxy.corp:443",
        "http://me:secret@proxy:1/, http://proxy:1",
        "http://[::1]:3128,         http://[::1]:3128"
    })
    void aProxyIsUnderstoodAsGoUnderstandsIt(String url, String proxy) {
        assertThat(Proxy.forHost(Map.of("HTTPS_PROXY", url), "registry.corp", 443))
                .hasValueSatisfying(found -> assertThat(found).hasToString(proxy));
    }

    @Test
    void anotherKindOfProxyIsRefusedWithoutItsPassword() {
        assertThatThrownBy(() -> Proxy.forHost(Map.of("HTTPS_PROXY", "socks5://me:secret@h:1"), "registry.corp", 443))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not the http or https URL of a proxy")
                .hasMessageNotContaining("secret");
    }

    @Test
    void upperCaseComesFirstAndAnEmptyOneCountsForNothing() {
        assertThat(Proxy.forHost(Map.of("HTTPS_PROXY", "a:1", "https_proxy", "b:2"), "r.corp", 443))
                .hasValueSatisfying(proxy -> assertThat(proxy.host()).isEqualTo("a"));
        assertThat(Proxy.forHost(Map.of("HTTPS_PROXY", "", "https_proxy", "b:2"), "r.corp", 443))
                .hasValueSatisfying(proxy -> assertThat(proxy.host()).isEqualTo("b"));
        assertThat(Proxy.forHost(Map.of("HTTP_PROXY", "a:1"), "r.corp", 443)).isEmpty();
    }
}
