package dev.capstan.endtoend;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.resourcemanager.containerservice.ContainerServiceManager;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The Azure SDK for Java, pointed at a control plane as docs/azure-sdk.md tells its reader to. */
final class AzureSdkForJava {

    private AzureSdkForJava() {}

    // docs/azure-sdk.md, from here
    static ContainerServiceManager connect(
            String endpoint, Path authority, String tenant, String subscription, String client, String secret)
            throws Exception {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream pem = Files.newInputStream(authority)) {
            trust.setCertificateEntry(
                    "capstan", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        HttpClient http =
                new JdkHttpClientBuilder(java.net.http.HttpClient.newBuilder().sslContext(tls)).build();

        TokenCredential credential = new ClientSecretCredentialBuilder()
                .authorityHost(endpoint)
                .tenantId(
                        "adfs") // the last part of the authority, not a tenant: its library asks Microsoft nothing then
                .disableInstanceDiscovery()
                .clientId(client)
                .clientSecret(secret)
                .httpClient(http)
                .build();
        AzureEnvironment cloud = new AzureEnvironment(Map.of(
                "managementEndpointUrl", endpoint + "/",
                "resourceManagerEndpointUrl", endpoint + "/",
                "activeDirectoryEndpointUrl", endpoint + "/"));
        return ContainerServiceManager.configure()
                .withHttpClient(http)
                .authenticate(credential, new AzureProfile(tenant, subscription, cloud));
    }
    // docs/azure-sdk.md, to here
}
