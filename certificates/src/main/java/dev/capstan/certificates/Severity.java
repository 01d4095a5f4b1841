package dev.capstan.certificates;

/** What a finding means for the certificate it is about. */
public enum Severity {
    /** The certificate is left out: refused at the API, quarantined at the Secret. */
    ERROR("error"),
    /** The certificate is used; somebody should look at it. */
    WARNING("warning"),
    /** Good to know. */
    NOTE("note");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    /** The word of this severity on the wire and in output. */
    public String word() {
        return word;
    }
}
