package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.truststore.Steps.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The program of ours that the family's tool runs at its end, so that a store that the tool has just written is right
 * again at once. run-parts(8) takes names of letters, digits, hyphens and underscores alone, and runs them sorted; ours
 * is the last.
 *
 * @param program the capstan program as seen inside the root; empty where no hook shall be installed. One that is there
 *     stays then
 */
record Hook(Optional<Path> program) {

    /** The name where run-parts runs the folder. */
    static final String FOR_RUN_PARTS = "zz-capstan";

    static Hook none() {
        return new Hook(Optional.empty());
    }

    private static String script(Path program) {
        return """
                #!/bin/sh
                # Brings the trust store back to what was last asked of Capstan, after each run of the distribution's tool.
                # Never fails that run. 'capstan truststore uninstall' removes this file.
                '%s' truststore apply </dev/null >/dev/null 2>&1 || :
                """.replace("%s", PathText.of(program).replace("'", "'\\''"));
    }

    /** @param name the hook's file */
    void plan(Root root, Family family, String name, Steps steps, List<String> remarks) throws IOException {
        if (program.isEmpty() || family.hookFolder().isEmpty()) {
            return;
        }
        String folder = family.hookFolder().get();
        if (!root.isFolder(folder)) {
            remarks.add(folder + " does not exist, so the distribution's tool runs no hook of ours.");
            return;
        }
        String path = folder + "/" + name;
        byte[] script = script(program.get()).getBytes(ISO_8859_1);
        boolean there =
                root.read(path).filter(now -> Arrays.equals(now, script)).isPresent()
                        && Files.isExecutable(root.entry(path));
        if (!there) {
            steps.add(Phase.OWN, Step.Put.program(path, script, "does not run Capstan after the distribution's tool"));
        }
    }

    static void planRemoval(Root root, Family family, String name, Steps steps) throws IOException {
        if (family.hookFolder().isPresent()) {
            String path = family.hookFolder().get() + "/" + name;
            if (Files.exists(root.entry(path), LinkOption.NOFOLLOW_LINKS)) {
                steps.add(Phase.OWN, new Step.Remove(path, "is Capstan's"));
            }
        }
    }
}
