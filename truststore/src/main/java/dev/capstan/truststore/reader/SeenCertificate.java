package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.time.Instant;

/**
 * A certificate that some client trusts; unlike those Capstan installs it need not be that of a CA.
 *
 * @param subject an RFC 2253 name for people to read, without control characters
 * @param subjectHash what OpenSSL looks it up by in a hash directory, eight hexadecimal digits
 */
public record SeenCertificate(Identity identity, String subject, Instant notAfter, String subjectHash) {}
