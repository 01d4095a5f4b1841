package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Missing folders, links that lead nowhere, wrong permissions, a clock that was set back. */
class TrustStoreAdversityTest {

    @Test
    void withoutTheFolderOfOutputsNothingIsWrittenAndTheErrorNamesIt(@TempDir Path folder) throws Exception {
        try (Scenario scenario = Scenario.rotate(folder);
                StockRoot root = scenario.root()) {
            Path away = Files.move(root.outputs(), folder.resolve("away"));
            Map<String, String> without = root.snapshot();
            assertThatThrownBy(() -> StoreProgram.carryOut(scenario.order(root)))
                    .isInstanceOf(TrustStoreException.class)
                    .hasMessageContaining("/etc/ssl/certs");
            assertThat(StockRoot.difference(without, root.snapshot())).isEmpty();
            Files.move(away, root.outputs());
            StoreProgram.carryOut(scenario.order(root));
            scenario.isAsWanted(root, "once the folder is back");
        }
    }

    @Test
    void whatIsMissingOfOursIsMadeAnew(@TempDir Path folder) throws Exception {
        try (Scenario scenario = Scenario.rotate(folder)) {
            for (String missing : List.of(
                    "usr/local/share/ca-certificates",
                    "var/lib/capstan/truststore",
                    "var",
                    "etc/ssl/certs/ca-certificates.crt")) {
                try (StockRoot root = scenario.root()) {
                    Programs.run(List.of(
                                    "rm", "-r", root.path().resolve(missing).toString()))
                            .succeeded();
                    StoreProgram.carryOut(scenario.order(root));
                    scenario.isAsWanted(root, "without " + missing);
                }
            }
        }
    }

    @Test
    void linksThatLeadNowhereHideNothing(@TempDir Path folder) throws Exception {
        try (Scenario scenario = Scenario.rotate(folder);
                StockRoot root = scenario.root()) {
            Files.createSymbolicLink(
                    root.outputs().resolve("Gone.pem"), Path.of("/usr/share/ca-certificates/gone.crt"));
            Files.createSymbolicLink(root.outputs().resolve("0badcafe.0"), Path.of("Gone.pem"));
            Files.createSymbolicLink(root.anchors().resolve("gone.crt"), Path.of("/nowhere/gone.crt"));
            StoreProgram.carryOut(scenario.order(root));
            scenario.forward().isOver(scenario.readers(root), "beside links that lead nowhere");
        }
        try (Scenario scenario = Scenario.rotate(Files.createDirectory(folder.resolve("anchors")));
                StockRoot root = scenario.root()) {
            Path away = Files.move(root.anchors(), folder.resolve("away"));
            Files.createSymbolicLink(root.anchors(), Path.of("../../../nowhere/anchors"));
            try {
                StoreProgram.carryOut(scenario.order(root));
                scenario.forward().isOver(scenario.readers(root), "with the anchors' folder made where its link leads");
            } catch (TrustStoreException refused) {
                assertThat(refused).hasMessageContaining("anchors");
                scenario.forward().isUnderWay(scenario.readers(root), "refused");
            }
            Files.delete(root.anchors());
            Programs.run(List.of("rm", "-rf", root.path().resolve("nowhere").toString()));
            Files.move(away, root.anchors());
            StoreProgram.carryOut(scenario.order(root));
            scenario.isAsWanted(root, "once the folder is back");
        }
    }

    @Test
    void whoMayNotWriteIsToldSoAndChangesNothing(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot() && Programs.exists("setpriv"), "needs root and the program setpriv");
        try (Scenario scenario = Scenario.rotate(folder);
                StockRoot root = scenario.root()) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Map<String, String> before = root.snapshot();
            List<String> command =
                    new ArrayList<>(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
            command.addAll(Programs.java(StoreProgram.class, scenario.order(root)));
            Programs.Result refused = Programs.run(command);
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.output())
                    .containsIgnoringCase("permission denied")
                    .contains("TrustStoreException");
            assertThat(StockRoot.difference(before, root.snapshot())).isEmpty();
            StoreProgram.carryOut(scenario.order(root));
            scenario.isAsWanted(root, "by one who may");
        }
    }

    @Test
    void outputsThatOthersCannotReadAreMended(@TempDir Path folder) throws Exception {
        try (Scenario scenario = Scenario.rotate(folder);
                StockRoot root = scenario.root()) {
            StoreProgram.carryOut(scenario.order(root));
            Map<String, String> right = root.snapshot();
            for (Path unreadable : List.of(root.bundle(), root.anchor(scenario.wantedOnly()))) {
                Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("rw-------"));
                StoreProgram.carryOut(scenario.order(root));
                assertThat(StockRoot.difference(right, root.snapshot()))
                        .as(unreadable.toString())
                        .isEmpty();
            }
        }
    }

    @Test
    void aClockThatWasSetBackChangesNothing(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.exists("faketime"), "needs the program faketime");
        try (Scenario scenario = Scenario.rotate(folder);
                StockRoot root = scenario.root()) {
            assertThat(inThePast(scenario.order(root))).contains("written=true");
            scenario.isAsWanted(root, "years ago");
            assertThat(StoreProgram.carryOut(scenario.order(root))).contains("written=false");
            StoreProgram.carryOut(scenario.orderBack(root));
            scenario.back().isOver(scenario.readers(root), "now");
            assertThat(inThePast(scenario.orderBack(root))).contains("written=false");
        }
    }

    private static String inThePast(String order) {
        List<String> command =
                new ArrayList<>(List.of("env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "2001-02-03 04:05:06"));
        command.addAll(Programs.java(StoreProgram.class, order));
        return Programs.run(command).succeeded();
    }
}
