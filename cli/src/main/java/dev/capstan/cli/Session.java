package dev.capstan.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;

/**
 * What surrounds one run of a command, so that tests can give it another.
 *
 * @param out where results go
 * @param err where progress, hints, questions and errors go
 * @param in where answers to questions come from
 * @param terminal whether a person is looking at {@code err}; the launcher knows, Java could only tell of {@code out}
 * @param environment the environment variables
 * @param handover what ends this process by becoming another
 */
record Session(
        PrintWriter out,
        PrintWriter err,
        BufferedReader in,
        boolean terminal,
        Map<String, String> environment,
        Handover handover) {

    static Session ofProcess() {
        return new Session(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                Boolean.getBoolean("capstan.terminal"),
                System.getenv(),
                Exec::become);
    }

    Home home() {
        return Home.of(environment);
    }

    /** Makes this process another program; returns only in tests. */
    @FunctionalInterface
    interface Handover {
        int become(List<String> command);
    }
}
