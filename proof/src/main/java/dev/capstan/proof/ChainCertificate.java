package dev.capstan.proof;

import dev.capstan.certificates.Identity;
import java.time.Instant;

/**
 * A certificate as a server sent it, in the few facts that are shown. Names are RFC 2253 names for people to read, without
 * control characters, cut after 400.
 */
public record ChainCertificate(String subject, String issuer, Identity identity, Instant notBefore, Instant notAfter) {}
