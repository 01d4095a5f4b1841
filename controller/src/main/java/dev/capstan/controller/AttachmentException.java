package dev.capstan.controller;

import java.util.List;

/** A cluster cannot be attached; everything that stands in the way, each in words. Nothing of the credential is in them. */
public final class AttachmentException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    AttachmentException(List<String> problems) {
        super(String.join("; ", problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
