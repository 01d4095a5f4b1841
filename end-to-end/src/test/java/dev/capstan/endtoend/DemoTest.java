package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** script/demo holds as it is, and fails at the right row when one part is broken. */
final class DemoTest {

    @TempDir
    Path folder;

    @Test
    void everyRowHolds() throws Exception {
        Requirements.machines();

        Program.Output demo = demo(Repository.ROOT, Repository.DISTRIBUTION);

        assertThat(demo.exit()).as(demo.text()).isZero();
        assertThat(rows(demo, "held")).hasSizeGreaterThanOrEqualTo(21);
        assertThat(rows(demo, "FAILED")).isEmpty();
    }

    @Test
    void anchorsLeftOutFailWhereTheNodesOwnClientsShallTrust() throws Exception {
        Requirements.machines();
        Sabotage broken = Sabotage.copyTo(folder.resolve("capstan"))
                .emptyMethod("dev.capstan.truststore.LinkedSurvey", "planAnchors");

        assertThat(firstFailure("secret", broken)).isEqualTo("the nodes' own clients trust both as well");
    }

    @Test
    void laneLeftOutFailsWhereTheFirstRegistryShallWork() throws Exception {
        Requirements.machines();
        Sabotage broken =
                Sabotage.copyTo(folder.resolve("capstan")).emptyMethod("dev.capstan.runtime.ContainerRuntime", "show");

        assertThat(firstFailure("secret", broken)).isEqualTo("Secret with CA one: registry one works, two does not");
    }

    @Test
    void wrongCaInTheSecretFailsWhereTheFirstRegistryShallWork() throws Exception {
        Requirements.machines();
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        Files.createDirectories(checkout.resolve("script"));
        Files.createSymbolicLink(checkout.resolve("end-to-end"), Repository.ROOT.resolve("end-to-end"));
        String demo = Files.readString(Repository.ROOT.resolve("script/demo"));
        String broken =
                demo.replace("apply one ca1.crt=\"$work/one-ca.crt\"", "apply one ca1.crt=\"$work/two-ca.crt\"");
        assertThat(broken).isNotEqualTo(demo);
        Files.writeString(checkout.resolve("script/demo"), broken);
        checkout.resolve("script/demo").toFile().setExecutable(true);

        assertThat(firstFailure(demo(checkout, Repository.DISTRIBUTION, "--only", "secret")))
                .isEqualTo("Secret with CA one: registry one works, two does not");
    }

    @Test
    void drainLeftOutFailsWhereOldNodesShallBeEmptiedFirst() throws Exception {
        Requirements.machines();
        Sabotage broken =
                Sabotage.copyTo(folder.resolve("capstan")).emptyMethod("dev.capstan.controller.Pods", "hasToGo");

        assertThat(firstFailure("list", broken)).isEqualTo("each old node: cordoned, emptied, ended, deleted");
    }

    @Test
    void machineBornWithoutTheListFailsWhereItShallBeThereBeforeTheRuntime() throws Exception {
        Requirements.machines();
        Sabotage broken = Sabotage.copyTo(folder.resolve("capstan"))
                .answer("dev.capstan.machines.MachineSpec", "certificates", "");

        assertThat(firstFailure("list", broken)).isEqualTo("it was there before their runtime started");
    }

    @Test
    void operationThatSucceedsTooEarlyFailsWhereEveryNodeShallBeANewOne() throws Exception {
        Requirements.machines();
        // No machine counts as old: the update is done, and provisioningState Succeeded, before a node was replaced.
        Sabotage broken =
                Sabotage.copyTo(folder.resolve("capstan")).emptyMethod("dev.capstan.controller.Replace", "isOld");

        assertThat(firstFailure("list", broken)).isEqualTo("aks update: every node is a new one when it returns");
    }

    private Program.Output demo(Path checkout, Path distribution, String... options) {
        List<String> command = new ArrayList<>();
        command.add(checkout.resolve("script/demo").toString());
        command.addAll(List.of(options));
        return Program.clean()
                .with("HOME", System.getProperty("user.home"))
                .with("CAPSTAN_PROGRAM", distribution.resolve("bin/capstan").toString())
                .with("TMPDIR", folder.toString())
                .run(command, "");
    }

    /** The name of the first row that did not hold when one half of the demo ran on a broken product. */
    private String firstFailure(String half, Sabotage broken) {
        return firstFailure(demo(Repository.ROOT, broken.distribution(), "--only", half));
    }

    /** The name of the first row that did not hold; the demo must have ended with a failure. */
    private static String firstFailure(Program.Output demo) {
        assertThat(demo.exit()).as(demo.text()).isNotZero();
        List<String> failed = demo.text()
                .lines()
                .filter(line -> line.startsWith("FAILED "))
                .map(line -> line.substring("FAILED".length()).strip().replaceFirst("  \\(.*", ""))
                .toList();
        assertThat(failed).as(demo.text()).isNotEmpty();
        return failed.getFirst();
    }

    /** The rows of the closing table with this verdict. */
    private static List<String> rows(Program.Output demo, String verdict) {
        return demo.text()
                .lines()
                .dropWhile(line -> !line.startsWith("What was proven:"))
                .filter(line -> line.startsWith(verdict + " "))
                .toList();
    }
}
