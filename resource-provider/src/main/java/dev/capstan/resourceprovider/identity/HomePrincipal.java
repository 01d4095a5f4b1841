package dev.capstan.resourceprovider.identity;

/**
 * The service principal of a home's own file {@code principal.json}: Owner of the subscription, and there before any other.
 * The file is where her secret comes from, so she gets another one with another file, and not through this API.
 *
 * @param clientId her name, a UUID in lower case
 * @param secret what is kept of her secret
 */
public record HomePrincipal(String clientId, SecretHash secret) {

    /** Names her secret in tokens: another secret, and they are no longer good. */
    String credential() {
        return "home-" + secret.hex().substring(0, 16);
    }
}
