package dev.capstan.machines;

/**
 * A machine's only credential: a short-lived token for its own service account.
 *
 * @param token the bearer token; never logged
 */
public record Credential(String token) {

    /** Says nothing of the token. */
    @Override
    public String toString() {
        return "Credential[…]";
    }
}
