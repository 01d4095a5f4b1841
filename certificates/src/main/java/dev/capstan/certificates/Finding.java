package dev.capstan.certificates;

/**
 * What the linter says of an input. The same input gives the same findings at every door.
 *
 * @param code what kind of finding it is; stable, so that scripts can rely on it
 * @param place where
 * @param message what is the matter, in plain words, without any content that may be secret
 * @param fix what to do about it
 */
public record Finding(FindingCode code, Place place, String message, String fix) {

    public Severity severity() {
        return code.severity();
    }

    /** {@code error not-a-ca at secret kube-system/custom-ca-trust-secret, key ca1.crt: … Fix: …} */
    @Override
    public String toString() {
        return severity().word() + " " + code.word() + " at " + place + ": " + message + " Fix: " + fix;
    }
}
