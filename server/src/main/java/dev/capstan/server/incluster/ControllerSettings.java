package dev.capstan.server.incluster;

import dev.capstan.controller.ControllerConfig.ThisCluster;
import dev.capstan.controller.ControllerConfig.TrustLabel;
import dev.capstan.resources.NodeTrust;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code controller.properties} says; every key has a default. Everything that is wrong in it is said at once.
 *
 * @param rules {@code restart}, {@code trust-label}, {@code trust-pending-until}
 * @param metrics {@code metrics}: where they are served; null where they are not
 * @param certificate {@code metrics-certificate} and {@code metrics-key}; null where the controller makes its own
 * @param health {@code health}: where {@code /healthz} and {@code /readyz} are served; null where they are not
 */
record ControllerSettings(
        ThisCluster rules,
        @Nullable Listen metrics,
        @Nullable Certificate certificate,
        @Nullable Listen health) {

    /** PEM files that somebody else renews. */
    record Certificate(Path certificate, Path key) {}

    private static final Logger LOG = LoggerFactory.getLogger(ControllerSettings.class);

    /** Where the manifests mount it. */
    static final Path FILE = Path.of("/etc/capstan/controller.properties");

    private static final String RESTART = "restart";
    private static final String TRUST_LABEL = "trust-label";
    private static final String PENDING_UNTIL = "trust-pending-until";
    private static final String METRICS = "metrics";
    private static final String METRICS_CERTIFICATE = "metrics-certificate";
    private static final String METRICS_KEY = "metrics-key";
    private static final String HEALTH = "health";
    private static final Set<String> KEYS = new TreeSet<>(
            Set.of(RESTART, TRUST_LABEL, PENDING_UNTIL, METRICS, METRICS_CERTIFICATE, METRICS_KEY, HEALTH));

    private static final String METRICS_DEFAULT = "0.0.0.0:8443";
    private static final String HEALTH_DEFAULT = "0.0.0.0:8081";
    private static final String NONE = "none";

    /** Kubernetes: labels, syntax and character set. */
    private static final Pattern LABEL = Pattern.compile("([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?"
            + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?=[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    /** Reads the file; where there is none, everything has its default, and the log says so. */
    static ControllerSettings read(Path file) throws StartException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            LOG.info("there is no {}: everything has its default", file);
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(
                    "The configuration " + file + " cannot be read: " + e.getMessage() + ".",
                    "It is a file of lines key=value in UTF-8.",
                    e);
        }
        List<String> problems = new ArrayList<>();
        ControllerSettings settings = parse(properties, problems);
        if (!problems.isEmpty()) {
            throw new StartException(
                    "The configuration " + file + " cannot be used:\n  - " + String.join("\n  - ", problems),
                    "docs/controller-configuration.md has the table of its keys.");
        }
        return settings;
    }

    /** Reads the keys; what is wrong with them is added to the problems, and has its default. */
    static ControllerSettings parse(Properties properties, List<String> problems) {
        properties.stringPropertyNames().stream()
                .filter(key -> !KEYS.contains(key))
                .sorted()
                .forEach(key -> problems.add("there is no key '" + key + "'; the keys are " + String.join(", ", KEYS)));
        String restart = value(properties, RESTART, "one-at-a-time");
        if (!Set.of("one-at-a-time", "never").contains(restart)) {
            problems.add(RESTART + "=" + restart + ": it is one-at-a-time or never");
        }
        String label = value(properties, TRUST_LABEL, TrustLabel.AKS.key() + "=" + TrustLabel.AKS.value());
        if (!LABEL.matcher(label).matches()) {
            problems.add(TRUST_LABEL + "=" + label + ": it is a label and its value, as in " + TrustLabel.AKS.key()
                    + "=true");
            label = TrustLabel.AKS.key() + "=" + TrustLabel.AKS.value();
        }
        String level = value(properties, PENDING_UNTIL, NodeTrust.LOADED);
        if (!NodeTrust.LEVELS.contains(level)) {
            problems.add(PENDING_UNTIL + "=" + level + ": it is one of " + String.join(", ", NodeTrust.LEVELS));
        }
        int split = label.indexOf('=');
        Listen metrics = listen(properties, METRICS, METRICS_DEFAULT, problems);
        return new ControllerSettings(
                new ThisCluster(
                        !restart.equals("never"),
                        new TrustLabel(label.substring(0, split), label.substring(split + 1)),
                        level),
                metrics,
                certificate(properties, metrics, problems),
                listen(properties, HEALTH, HEALTH_DEFAULT, problems));
    }

    private static @Nullable Certificate certificate(
            Properties properties, @Nullable Listen metrics, List<String> problems) {
        String certificate = value(properties, METRICS_CERTIFICATE, "");
        String key = value(properties, METRICS_KEY, "");
        if (certificate.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            problems.add(METRICS_CERTIFICATE + " and " + METRICS_KEY + ": one of them alone; both are PEM files");
            return null;
        }
        if (metrics != null && metrics.isLoopback()) {
            problems.add(METRICS_CERTIFICATE + ": on loopback metrics are plain HTTP, and no certificate is shown");
        }
        return new Certificate(Path.of(certificate), Path.of(key));
    }

    private static @Nullable Listen listen(Properties properties, String key, String otherwise, List<String> problems) {
        String value = value(properties, key, otherwise);
        if (value.equals(NONE)) {
            return null;
        }
        try {
            return Listen.parse(value);
        } catch (IllegalArgumentException e) {
            problems.add(key + "=" + value + ": " + e.getMessage());
            return null;
        }
    }

    private static String value(Properties properties, String key, String otherwise) {
        return properties.getProperty(key, otherwise).strip();
    }
}
