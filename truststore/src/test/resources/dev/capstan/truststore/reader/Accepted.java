import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Prints the SHA-256 of every certificate that Java's TLS trusts by the keystore javax.net.ssl.trustStore names. */
class Accepted {
    public static void main(String[] none) throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (var certificate : ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()) {
            var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            System.out.println(HexFormat.of().formatHex(digest));
        }
    }
}
