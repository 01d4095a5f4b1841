package dev.capstan.proof;

/** How a proof ends. */
public enum Outcome {
    /** The certificate chain of the endpoint verified; what the endpoint then answers counts for nothing. */
    PROVEN("Proven"),
    /** The chain was seen and did not verify: the only outcome that stops an update. */
    REFUTED("Refuted"),
    /** Nothing was learned of trust: the endpoint, the way to it or the runtime did not let it come so far. */
    INCONCLUSIVE("Inconclusive");

    private final String word;

    Outcome(String word) {
        this.word = word;
    }

    /** The word on the wire and in output, such as {@code Proven}. */
    public String word() {
        return word;
    }
}
