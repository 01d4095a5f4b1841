package dev.capstan.server;

import dev.capstan.server.home.HomeFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The kubeconfig of the management cluster, {@code admin.kubeconfig}, mode 0600, written at each start: for looking at
 * what Capstan keeps, with kubectl.
 *
 * @param endpoint {@code https://HOST:PORT}
 * @param certificateAuthority PEM
 * @param administrator the credential in it
 */
record AdminKubeconfig(String endpoint, String certificateAuthority, AdministratorToken administrator) {

    void write(HomeFolder home) throws IOException {
        var authority = Base64.getEncoder().encodeToString(certificateAuthority.getBytes(StandardCharsets.US_ASCII));
        home.writeSecret(
                "admin.kubeconfig", """
                # Written by capstan up: the management cluster, as its administrator. Keep it to yourself.
                apiVersion: v1
                kind: Config
                clusters:
                - name: capstan-management
                  cluster:
                    server: %s/clusters/%s
                    certificate-authority-data: %s
                users:
                - name: capstan-administrator
                  user:
                    token: %s
                contexts:
                - name: capstan-management
                  context:
                    cluster: capstan-management
                    user: capstan-administrator
                current-context: capstan-management
                """.formatted(endpoint, Clusters.MANAGEMENT, authority, administrator.text()));
    }
}
