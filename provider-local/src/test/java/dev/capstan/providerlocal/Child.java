package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A control plane of its own, to be killed: {@code Child BASE (ensure|stop|delete NAME)...}, then waits for its end. */
final class Child {

    private Child() {}

    public static void main(String[] arguments) throws Exception {
        Lab lab = Lab.adopt(Path.of(arguments[0]));
        System.out.println("open");
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            switch (arguments[i]) {
                case "ensure" -> lab.ensure(arguments[i + 1]);
                case "stop" -> lab.provider.stop(arguments[i + 1]);
                case "delete" -> lab.provider.delete(arguments[i + 1]);
                default -> throw new IllegalArgumentException(arguments[i]);
            }
            System.out.println("done " + arguments[i] + " " + arguments[i + 1]);
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    /** Starts one; its output can be read, its errors go to this process's own. */
    static Process start(Lab lab, String... steps) throws IOException {
        return start(lab, List.of(), steps);
    }

    /** Starts one by a program that runs it as its arguments. */
    static Process start(Lab lab, List<String> by, String... steps) throws IOException {
        var command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Child.class.getName(),
                lab.base.toString()));
        command.addAll(List.of(steps));
        return Programs.prepare(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
