package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "wait",
        description = "Waits until a cluster is where it was asked to be.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks wait -g dev -n one --updated",
            "  capstan aks wait -g dev -n one --custom \"agentPoolProfiles[0].count==\\`4\\`\" --timeout 300"
        })
public final class AksWait implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private WaitOptions wait = new WaitOptions();

    public AksWait(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.check();
        wait.check();
        try (var arm = Arm.of(session)) {
            wait.await(arm, cluster.path(arm), Shape::cluster);
        }
        return ExitCode.OK;
    }
}
