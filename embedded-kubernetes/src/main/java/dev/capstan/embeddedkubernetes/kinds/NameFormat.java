package dev.capstan.embeddedkubernetes.kinds;

/** What the names of a kind's objects may look like. */
public enum NameFormat {
    /** A lower-case DNS subdomain, RFC 1123: what nearly all kinds use. */
    SUBDOMAIN,
    /** A lower-case DNS label, RFC 1123. */
    LABEL,
    /** Anything that fits into one part of a URL path; roles and bindings, such as {@code system:discovery}. */
    PATH_SEGMENT
}
