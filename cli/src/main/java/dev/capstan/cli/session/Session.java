package dev.capstan.cli.session;

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
 * @param messages what is said beside the result
 * @param handover what ends this process by becoming another
 */
public record Session(
        PrintWriter out,
        PrintWriter err,
        BufferedReader in,
        boolean terminal,
        Map<String, String> environment,
        Messages messages,
        Handover handover) {

    public static Session ofProcess() {
        var err = new PrintWriter(System.err, true, System.err.charset());
        return new Session(
                new PrintWriter(System.out, false, System.out.charset()),
                err,
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                Boolean.getBoolean("capstan.terminal"),
                System.getenv(),
                new Messages(err),
                Exec::become);
    }

    public Home home() {
        return Home.of(environment);
    }

    /** Makes this process another program; returns only in tests. */
    @FunctionalInterface
    public interface Handover {
        int become(List<String> command);
    }
}
