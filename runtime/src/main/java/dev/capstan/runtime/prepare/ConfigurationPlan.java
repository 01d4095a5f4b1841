package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.GeneratedFile;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.RuntimeConfiguration;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.SystemBundle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What has to change in containerd's configuration so that it reads host directories under one root. Every candidate is
 * read by the node's own containerd before anything is written, and counts only if {@code config_path} comes out as meant
 * and nothing else differently.
 *
 * @param root the root of host directories from then on
 * @param change the file and its content; empty where nothing has to change
 * @param notes what else was seen
 * @param refusals why it must not be changed; empty where it may
 */
record ConfigurationPlan(String root, Optional<Change> change, List<String> notes, List<Refusal> refusals) {

    /** A file with what it is and shall be. */
    record Change(String path, Optional<FileImage> before, FileImage after) {}

    /** One look at one configuration; thrown away after it. */
    static final class Maker {

        private final NodeFiles files;
        private final NodePrograms programs;
        private final Subject subject;
        private final RuntimeConfiguration now;
        private final List<String> notes = new ArrayList<>();

        Maker(NodeFiles files, NodePrograms programs, Subject subject, RuntimeConfiguration now) {
            this.files = files;
            this.programs = programs;
            this.subject = subject;
            this.now = now;
        }

        ConfigurationPlan make() throws IOException {
            String own = subject.template().isPresent()
                    ? subject.configuration().replaceFirst("/[^/]*$", "/certs.d")
                    : RuntimeLayout.HOST_DIRECTORIES;
            if (now.criDisabled()) {
                return refused(
                        own,
                        Refusal.of("containerd's CRI service is switched off (disabled_plugins in "
                                + subject.configuration()
                                + "), so kubelet does not use this containerd; nothing is to be"
                                + " prepared. Take \"cri\" out of disabled_plugins if it shall"));
            }
            List<LegacyRegistry.HostsFile> instead =
                    LegacyRegistry.instead(now.tree(), SystemBundle.path(files.root()));
            if (!instead.isEmpty()) {
                String text =
                        files.read(subject.configuration()).map(Subject::text).orElse("");
                return refused(own, legacy(own, instead, text));
            }
            List<String> roots = now.roots();
            List<String> used = roots.stream().filter(this::holdsDirectories).toList();
            if (used.size() > 1) {
                return refused(
                        own,
                        Refusal.of("config_path has the roots " + String.join(" and ", used)
                                + ", and both hold host directories; containerd from 2.1 on reads none of several roots. Move"
                                + " those of " + used.getLast() + " to " + used.getFirst() + " and run it again"));
            }
            if (roots.size() == 1) {
                return new ConfigurationPlan(roots.getFirst(), Optional.empty(), List.of(), List.of());
            }
            if (roots.size() > 1) {
                notes.add(
                        "config_path names several roots, of which "
                                + (used.isEmpty() ? "none" : "only " + used.getFirst())
                                + " holds host directories; it is set to one, since containerd from 2.1 on reads none of several");
                return edited(used.isEmpty() ? roots.getFirst() : used.getFirst());
            }
            return edited(own);
        }

        private ConfigurationPlan edited(String root) throws IOException {
            String path = subject.edited();
            Optional<FileImage> image = files.read(path);
            if (subject.template().isPresent() && image.isEmpty()) {
                return refused(
                        root,
                        byHand(
                                root,
                                0,
                                subject.configuration() + " is made anew at each start, and there is"
                                        + " no template of yours at " + path
                                        + ": make one. Under the first of these lines it has what"
                                        + " it would have without a template"));
            }
            Optional<String> unwritable = files.unwritable(path);
            String text = image.map(Subject::text).orElse("");
            int version;
            try {
                // A template may have its version out of an action; what was made of it says it.
                String says = subject.template().isEmpty()
                        ? text
                        : files.read(subject.configuration()).map(Subject::text).orElse("");
                version = ConfigPathEdit.version(says)
                        .map(said -> said == 0 ? now.version() : said)
                        .orElse(1);
            } catch (NotUnderstoodException odd) {
                return refused(
                        root,
                        byHand(
                                root,
                                now.version(),
                                path + ", " + odd.getMessage()
                                        + ": Capstan does not understand it with certainty, so it changes nothing"));
            }
            if (unwritable.isPresent()) {
                return refused(root, byHand(root, version, unwritable.get()));
            }
            if (version < 2) {
                return refused(
                        root,
                        Refusal.of(path + " has no version, which makes it version 1: a format that containerd"
                                + " gave up, and whose settings containerd 2 partly ignores. Convert it (containerd config"
                                + " migrate, from containerd 2.0 on, or by hand) and run it again"));
            }
            return judged(root, path, image, text, version);
        }

        private ConfigurationPlan judged(String root, String path, Optional<FileImage> image, String text, int version)
                throws IOException {
            Optional<String> relative = relativeImport(text);
            if (relative.isPresent()) {
                return refused(
                        root,
                        byHand(
                                root,
                                version,
                                path + " imports " + relative.get()
                                        + ", a relative path, so containerd cannot be asked about a changed copy"));
            }
            ConfigPathEdit edit = ConfigPathEdit.in(text, version, root);
            if (edit instanceof ConfigPathEdit.Refused why) {
                return refused(root, byHand(root, version, path + ": " + why.why()));
            }
            ConfigPathEdit.Changed changed = (ConfigPathEdit.Changed) edit;
            String candidate = changed.text();
            if (subject.template().isPresent()) {
                // The template itself cannot be read by containerd; the same edit of what was made of it can.
                String made =
                        files.read(subject.configuration()).map(Subject::text).orElse("");
                if (!(ConfigPathEdit.in(made, version, root) instanceof ConfigPathEdit.Changed done)
                        || done.added() != changed.added()) {
                    return refused(
                            root,
                            byHand(
                                    root,
                                    version,
                                    subject.configuration() + ", which is made of " + path
                                            + ", has a registry section that stands elsewhere"));
                }
                candidate = done.text();
            }
            Optional<String> wrong = wrong(root, candidate, version);
            if (wrong.isPresent()) {
                return refused(root, byHand(root, version, path + ": " + wrong.get()));
            }
            ignoredSection(text, version);
            FileImage before = image.orElse(FileImage.ours(new byte[0]));
            return new ConfigurationPlan(
                    root,
                    Optional.of(new Change(path, image, before.holding(Subject.bytes(changed.text())))),
                    notes,
                    List.of());
        }

        /** What containerd would make of the candidate that is not meant. */
        private Optional<String> wrong(String root, String candidate, int version) throws IOException {
            RuntimeConfiguration then;
            try {
                then = subject.dump(programs, Subject.bytes(candidate));
            } catch (ContainerRuntimeException refused) {
                return Optional.of("with config_path in it " + refused.getMessage());
            }
            if (!then.configPath().equals(root)) {
                return Optional.of(
                        version > now.version()
                                ? "it says version " + version + ", of which this containerd reads at most "
                                        + now.version() + " and ignores the rest in silence: write it in version "
                                        + now.version()
                                : "config_path set in it has no effect (containerd's own dump says \""
                                        + then.configPath()
                                        + "\"): a file it imports sets the same plugin, and that takes the place of what this file"
                                        + " says. Set it there: " + String.join(", ", imported(then)));
            }
            List<String> beside = Comparison.beside(now.tree(), then.tree());
            return beside.isEmpty()
                    ? Optional.empty()
                    : Optional.of("with config_path in it containerd would read differently too: "
                            + String.join(", ", beside.subList(0, Math.min(5, beside.size()))));
        }

        private List<String> imported(RuntimeConfiguration dump) {
            return dump.imports().stream()
                    .filter(file -> !file.equals("/dev/stdin") && !file.equals(subject.configuration()))
                    .toList();
        }

        private void ignoredSection(String text, int version) {
            if (version >= 3 && text.contains("\"" + ConfigPathEdit.CRI + "\".registry")) {
                notes.add("the section [plugins.\"" + ConfigPathEdit.CRI + "\".registry] in " + subject.edited()
                        + " is that of version 2; in a file of version " + version
                        + " containerd ignores it in silence, and it stays as it is");
            }
        }

        private boolean holdsDirectories(String root) {
            try {
                return files.names(root).stream().anyMatch(name -> files.isFolder(root + "/" + name));
            } catch (IOException unreadable) {
                // Whoever cannot say that it is empty must not drop it.
                return true;
            }
        }

        private static Optional<String> relativeImport(String text) {
            try {
                return TomlStatements.of(GoTemplate.masked(text)).stream()
                        .filter(statement -> statement instanceof TomlStatements.Entry entry
                                && entry.path().equals(List.of("imports"))
                                && entry.value().matches("(?s).*[\\[,]\\s*[\"'](?!/).*"))
                        .map(statement -> ((TomlStatements.Entry) statement).value())
                        .findFirst();
            } catch (NotUnderstoodException odd) {
                return Optional.empty();
            }
        }

        private Refusal legacy(String own, List<LegacyRegistry.HostsFile> instead, String text) {
            String root = now.roots().isEmpty() ? own : now.roots().getFirst();
            String more = subject.template().isPresent()
                    ? ", and its releases from January 2024 on (1.26.13, 1.27.10, 1.28.6, 1.29.1) make host directories of"
                            + " it by themselves, so that upgrading is enough"
                    : "";
            String made = GeneratedFile.configuration(subject.configuration(), text)
                    .map(by -> ". " + by.words() + more)
                    .orElse("");
            return new Refusal(
                    subject.configuration()
                            + " has the legacy tables registry.mirrors or registry.configs.*.tls. Beside"
                            + " config_path containerd refuses them, and with them its whole CRI service is gone"
                            + made + ". Write these files instead, look at each, take the tables out and run it again",
                    instead.stream()
                            .map(file -> new Refusal.ByHand(root + "/" + file.folder() + "/hosts.toml", file.lines()))
                            .toList());
        }

        private Refusal byHand(String root, int version, String words) {
            List<String> lines = version == 0
                    ? List.of(
                            "{{ template \"base\" . }}",
                            "[plugins.\"" + ConfigPathEdit.plugin(now.version()) + "\".registry]",
                            "  config_path = \"" + root + "\"")
                    : ConfigPathEdit.byHand(Math.max(2, version), root);
            return new Refusal(words + ". By hand", List.of(new Refusal.ByHand(subject.edited(), lines)));
        }

        private ConfigurationPlan refused(String root, Refusal refusal) {
            return new ConfigurationPlan(root, Optional.empty(), notes, List.of(refusal));
        }
    }
}
