package dev.capstan.truststore.reader;

/** The kinds of TLS clients whose ways of reading a trust store differ. */
public enum Client {
    /** Programs that give OpenSSL one file: curl, python3, and whatever has the path compiled in. */
    OPENSSL_BUNDLE("OpenSSL bundle", "curl, python3"),
    /** Programs that look a CA up by its subject's hash: openssl, python3, Ruby, everything with {@code -CApath}. */
    OPENSSL_DIRECTORY("OpenSSL hash directory", "openssl, python3"),
    /** Programs with GnuTLS: wget, and git on Debian. */
    GNUTLS("GnuTLS", "wget, git"),
    /** Programs in Go: containerd, kubelet, skopeo. */
    GO("Go", "containerd, kubelet"),
    /** Programs in Java that use the operating system's keystore. */
    JAVA("Java", "java, keytool");

    private final String title;
    private final String programs;

    Client(String title, String programs) {
        this.title = title;
        this.programs = programs;
    }

    /** Its name for people, such as {@code OpenSSL bundle}. */
    public String title() {
        return title;
    }

    /** Some programs that read like that, for people. */
    public String programs() {
        return programs;
    }
}
