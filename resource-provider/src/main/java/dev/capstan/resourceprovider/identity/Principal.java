package dev.capstan.resourceprovider.identity;

/**
 * A service principal: who may ask for tokens.
 *
 * @param clientId its name, a UUID in lower case
 * @param secret what is kept of its secret
 */
public record Principal(String clientId, SecretHash secret) {}
