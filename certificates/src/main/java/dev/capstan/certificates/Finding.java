package dev.capstan.certificates;

/**
 * What the linter says of an input.
 *
 * @param code what kind of finding it is; stable, so that scripts can rely on it
 * @param severity what it means for the certificate: the code's own, but for a form that this door does not mend, which is
 *     an error there
 * @param place where
 * @param message what is the matter, in plain words, without any content that may be secret
 * @param fix what to do about it
 */
public record Finding(FindingCode code, Severity severity, Place place, String message, String fix) {

    /** A finding of the severity that its code has at every door. */
    public Finding(FindingCode code, Place place, String message, String fix) {
        this(code, code.severity(), place, message, fix);
    }

    /** The page that explains it. */
    public String page() {
        return code.page();
    }

    /** {@code error not-a-ca at secret kube-system/custom-ca-trust-secret, key ca1.crt: … Fix: …} */
    @Override
    public String toString() {
        return severity.word() + " " + code.word() + " at " + place + ": " + message + " Fix: " + fix;
    }
}
