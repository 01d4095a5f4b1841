package dev.capstan.cli;

import dev.capstan.cli.session.Session;

/**
 * What the build runs to learn which classes the command needs: every line of standard input is a command line, words parted
 * by blanks, and all run in this one process. Exit codes are left aside; the lines of one who fails are loaded too.
 */
public final class Training {

    private Training() {}

    public static void main(String[] none) {
        var session = Session.ofProcess();
        session.in().lines().forEach(line -> Capstan.run(session, line.split(" ", -1)));
    }
}
