package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ConfigurationChange;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.GeneratedFile;
import dev.capstan.runtime.HostDirectories;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.IsolatedLane;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.Processes;
import dev.capstan.runtime.RuntimeConfiguration;
import dev.capstan.runtime.RuntimeKind;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.SystemBundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One look at a node: which containerd runs, who starts it, with what, what it reads, and what of that has to change. Reads
 * only. Whatever it does not recognise with certainty becomes a refusal; all of them come together.
 */
final class Survey {

    private final Path root;
    private final Path proc;
    private final NodeFiles files;
    private final NodePrograms programs;
    private final ContainerRuntime runtime;
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Survey(Path root, Path proc, NodeFiles files, NodePrograms programs, ContainerRuntime runtime) {
        this.root = root;
        this.proc = proc;
        this.files = files;
        this.programs = programs;
        this.runtime = runtime;
    }

    /**
     * What has to be done.
     *
     * @throws PreparationException if there is nothing to look at: no containerd runs, nobody known starts it, it does not
     *     say what it reads
     */
    Draft draft(Given given) throws PreparationException, IOException, ContainerRuntimeException {
        Processes processes = new Processes(root, proc);
        RuntimeProcess process = processes
                .runtime()
                .filter(running -> running.kind() == RuntimeKind.CONTAINERD)
                .orElseThrow(() -> new PreparationException("No containerd runs on this node, so nothing can be said of"
                        + " what it reads. Start it (systemctl start containerd) and run it again."));
        Subject subject = subject(process);
        Service service = Service.find(files, programs, processes.unit(process.pid()))
                .orElseThrow(
                        () -> new PreparationException("Neither systemd nor a supervisor of Capstan's runs here, so"
                                + " Capstan does not know what starts containerd. By hand: start it with "
                                + environmentWords() + "."));
        RuntimeConfiguration now;
        try {
            now = subject.dump(programs, files);
        } catch (ContainerRuntimeException refused) {
            throw new PreparationException(
                    "The running containerd would not start again with what lies in " + subject.configuration()
                            + " now: " + refused.getMessage() + ". Mend it first.",
                    refused);
        }
        subject = at(subject, process, now);
        ConfigurationPlan configuration = new ConfigurationPlan.Maker(files, programs, subject, now).make();
        refusals.addAll(configuration.refusals());
        notes.addAll(configuration.notes());
        List<ConfigurationPlan.Change> changes =
                new ArrayList<>(configuration.change().stream().toList());
        changes.addAll(environment(process, service));
        generatedAgain(subject, configuration);
        List<HostDirectory> joins = joins(given, configuration.root(), now);
        boolean ours = process.trustEnvironment().equals(IsolatedLane.ENVIRONMENT);
        boolean restart = !changes.isEmpty() || !ours;
        changedSince(subject);
        return new Draft(
                "containerd " + subject.version(programs) + ", process " + process.pid() + " (" + subject.program()
                        + ", " + subject.configuration() + ", " + service.unit() + ")",
                subject,
                service,
                configuration.root(),
                changes,
                support(given, configuration.root()),
                joins,
                restart,
                notes,
                refusals);
    }

    private Subject subject(RuntimeProcess process) throws IOException {
        String executable = process.executable().replaceFirst(" \\(deleted\\)$", "");
        if (!executable.equals(process.executable())) {
            notes.add(executable + " was replaced since containerd started: the restart starts the new one");
        }
        // k3s and RKE2 are one program under many names.
        String program =
                executable.endsWith("/containerd") ? executable : executable.replaceFirst("[^/]*$", "containerd");
        String given = process.option("-c", "--config", "");
        String configuration = given.isEmpty() ? RuntimeLayout.CONFIGURATION : given;
        return new Subject(
                program, Optional.of(given).filter(path -> !path.isEmpty()), configuration, Optional.empty(), "", "");
    }

    /** The same with what only its answer tells. */
    private Subject at(Subject subject, RuntimeProcess process, RuntimeConfiguration now) throws IOException {
        return new Subject(
                subject.program(),
                subject.option(),
                subject.configuration(),
                template(subject.configuration(), now),
                process.option("-a", "--address", now.address()),
                process.option("", "--state", now.tree().text("state").orElse("/run/containerd")));
    }

    /** The template of k3s or RKE2, where the configuration is made of one. */
    private Optional<String> template(String configuration, RuntimeConfiguration now) throws IOException {
        String text = files.read(configuration).map(Subject::text).orElse("");
        if (GeneratedFile.configuration(configuration, text)
                .filter(GeneratedFile::hasTemplate)
                .isEmpty()) {
            return Optional.empty();
        }
        String folder = configuration.substring(0, configuration.lastIndexOf('/') + 1);
        String three = folder + "config-v3.toml.tmpl";
        boolean older = now.version() < 3 || (!files.exists(three) && files.exists(folder + "config.toml.tmpl"));
        return Optional.of(older ? folder + "config.toml.tmpl" : three);
    }

    /** By which of k3s and RKE2 this file was made; empty where it was not, or is not there. */
    private Optional<GeneratedFile> generated(String file) throws IOException {
        return files.read(file).map(Subject::text).flatMap(GeneratedFile::byRancher);
    }

    private void generatedAgain(Subject subject, ConfigurationPlan configuration) {
        GeneratedFile.configuration(subject.configuration(), "")
                .filter(generated ->
                        !generated.hasTemplate() && configuration.change().isPresent())
                .ifPresent(generated -> refusals.add(new Refusal(
                        subject.configuration() + " would have to be changed, and " + generated.words() + ". By hand",
                        List.of(new Refusal.ByHand(
                                generated.of(), ConfigPathEdit.byHand(2, "${SNAP_DATA}/args/certs.d"))))));
    }

    /** The drop-in that gives the unit our environment, where it is needed and possible. */
    private List<ConfigurationPlan.Change> environment(RuntimeProcess process, Service service) throws IOException {
        Map<String, String> has = process.trustEnvironment();
        boolean ours = has.equals(IsolatedLane.ENVIRONMENT);
        if (!ours && !has.isEmpty()) {
            refusals.add(
                    Refusal.of("containerd was started with " + has + ", not by Capstan: what is in there it trusts now"
                            + " and would not then. Put those certificates into the trust store (capstan truststore apply), take"
                            + " the variables away" + where(service) + ", restart containerd and run it again"));
            return List.of();
        }
        if (service.supervised()) {
            if (!ours) {
                refusals.add(
                        Refusal.of("this machine was made by Capstan, whose supervisor gives containerd its environment"
                                + " from birth on, and this containerd has none of it: start it with systemctl restart containerd,"
                                + " or make the machine anew"));
            }
            return List.of();
        }
        String unit = service.unit();
        if (!service.property("LoadState").equals("loaded")) {
            refusals.add(
                    Refusal.of("systemd knows no unit " + unit + ", so Capstan does not know what starts containerd. By"
                            + " hand: start it with " + environmentWords()));
            return List.of();
        }
        if (!service.property("KillMode").equals("process")) {
            refusals.add(Refusal.of(unit + " has KillMode=" + service.property("KillMode")
                    + ": its restart would kill every container of the node. Give it KillMode=process, as containerd's own"
                    + " unit has it, and run it again"));
        }
        if (service.missing(IsolatedLane.ENVIRONMENT).isEmpty()) {
            return List.of();
        }
        String path = service.dropIn().orElseThrow();
        Optional<FileImage> there = files.read(path);
        FileImage after =
                FileImage.ours(service.dropInText(IsolatedLane.ENVIRONMENT).getBytes(StandardCharsets.UTF_8));
        if (there.filter(after::holdsWhat).isPresent()) {
            refusals.add(Refusal.of(path + " says what it shall, and still systemd gives " + unit
                    + " another environment: another drop-in takes its place (systemctl cat " + unit
                    + " shows which)"));
            return List.of();
        }
        if (there.isPresent()) {
            refusals.add(Refusal.of(path + " is there and not as Capstan writes it: move it away and run it again"));
            return List.of();
        }
        files.unwritable(path)
                .ifPresent(why -> refusals.add(new Refusal(
                        why + ". Capstan cannot give " + unit + " its environment. By hand",
                        List.of(new Refusal.ByHand(
                                path,
                                service.dropInText(IsolatedLane.ENVIRONMENT)
                                        .lines()
                                        .toList())))));
        return List.of(new ConfigurationPlan.Change(path, Optional.empty(), after));
    }

    private static String where(Service service) {
        String places = (service.property("FragmentPath") + " " + service.property("DropInPaths")).strip();
        return places.isEmpty() ? "" : " (look in " + places + ")";
    }

    private static String environmentWords() {
        return "SSL_CERT_FILE=" + RuntimeLayout.DISTRIBUTION_ROOTS + " and SSL_CERT_DIR="
                + RuntimeLayout.NO_CERTIFICATES + " in its environment";
    }

    /** Our own files that the lane needs and that are not there, or not as they shall be. */
    private List<Draft.Support> support(Given given, String root) throws IOException {
        List<Draft.Support> support = new ArrayList<>();
        if (!files.exists(RuntimeLayout.DISTRIBUTION_ROOTS)) {
            support.add(new Draft.Support(
                    RuntimeLayout.DISTRIBUTION_ROOTS,
                    "the trust store without Capstan's certificates, " + Files.size(given.roots()) + " bytes",
                    false));
        }
        OurFiles ours = new OurFiles(files, runtime, given);
        if (!ours.isShown(root)) {
            int size = given.ours().size();
            String shown = OurFiles.shown(root);
            support.add(new Draft.Support(
                    shown,
                    size == 0
                            ? "goes: Capstan's set is empty"
                            : "Capstan's set, " + size + " certificate" + (size == 1 ? "" : "s"),
                    files.exists(shown)));
        }
        for (Draft.Support file : support) {
            files.unwritable(file.path())
                    .ifPresent(why -> refusals.add(Refusal.of(why + ", so " + file.path() + " cannot be written")));
        }
        return support;
    }

    /** Host directories that would keep their registries from our set: refused, unless each may be given a link. */
    private List<HostDirectory> joins(Given given, String root, RuntimeConfiguration now) throws IOException {
        HostDirectories found = HostDirectories.look(this.root, List.of(root), now.version() > 2);
        String ours = root + "/_default/hosts.toml";
        Optional<String> every = generated(ours)
                .map(by -> ". " + by.words() + ": its mirror \"*\" is to be one of each registry by name");
        found.obstacles()
                .forEach(obstacle ->
                        refusals.add(Refusal.of(obstacle + (obstacle.startsWith(ours) ? every.orElse("") : ""))));
        List<HostDirectory> joins = new ArrayList<>();
        for (HostDirectory directory : found.directories()) {
            if (directory.hides().isEmpty()) {
                continue;
            }
            if (given.hostDirectories() && directory.joinable()) {
                joins.add(directory);
            } else {
                String bundle = SystemBundle.path(this.root);
                String more = generated(directory.path() + "/hosts.toml")
                        .map(by -> ". " + by.words()
                                + ": write it there, as ca_file of the server's tls under configs, " + bundle)
                        .orElse("");
                refusals.add(Refusal.of(directory.hides().get()
                        + (directory.joinable() ? ", or run it again with --host-directories" : more)));
            }
        }
        if (now.roots().isEmpty() && !found.directories().isEmpty()) {
            notes.add("the host directories in " + root + ", which containerd passes over today, count from then on: "
                    + String.join(
                            ", ",
                            found.directories().stream()
                                    .map(HostDirectory::registry)
                                    .toList()));
        }
        return joins;
    }

    /**
     * A restart reads what lies there now. Where that is not what containerd runs with, its failure could not be told from
     * ours, and putting our change back would not bring the node back.
     */
    private void changedSince(Subject subject) throws ContainerRuntimeException {
        if (subject.template().isEmpty()) {
            runtime.configurationChange()
                    .filter(ConfigurationChange::content)
                    .ifPresent(
                            change -> refusals.add(
                                    Refusal.of(
                                            change.file()
                                                    + " was changed after containerd started, so containerd does not"
                                                    + " run with it yet. Run systemctl restart containerd first, see that the node is well, and run it again")));
        }
    }
}
