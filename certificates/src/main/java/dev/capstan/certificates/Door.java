package dev.capstan.certificates;

/** By which way an input comes in. What a certificate must be is the same at each; what its form may be is not. */
enum Door {
    /**
     * A file of a person's: all that can be made PEM with certainty is, and is told, down to what only AKS's own client minds.
     * Blank lines separate pieces, and each piece has to be a certificate or a comment.
     */
    FILE,
    /** A key of a Secret: all that can be made PEM with certainty is, and is told where other programs would not read it. */
    SECRET,
    /** An entry of ARM's list: AKS judges by Go's {@code encoding/pem}, and what that does not find is refused. */
    LIST;

    boolean mends() {
        return this != LIST;
    }
}
