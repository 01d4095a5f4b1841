package dev.capstan.cli.certificatefile;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A file that a command on the trust store is given. What is wrong with it is a {@link Problem} with exit code 2. */
final class InputFile {

    private InputFile() {}

    static FileText text(String path) {
        return FileText.of(bytes(path)).orElseThrow(() -> bad(path + " is not text.", CertificateFile.NOT_TEXT + path));
    }

    private static byte[] bytes(String path) {
        try {
            var file = Path.of(path);
            if (Files.size(file) > CertificateReader.LARGEST_ENTRY) {
                throw bad(
                        path + " has " + Files.size(file) + " bytes; more than " + CertificateReader.LARGEST_ENTRY
                                + " are not read.",
                        "Name a file with the CA certificates alone.");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw bad(path + " does not exist.", "Name a text file of CA certificates in PEM form.");
        } catch (IOException e) {
            throw new Problem(
                    ExitCode.USAGE,
                    path + " cannot be read: " + e.getMessage() + ".",
                    "Name a text file that this user may read.",
                    e);
        }
    }

    /** Refuses the file for these reasons, all of them together; does nothing if there are none. */
    static void refuse(String path, List<String> reasons) {
        if (!reasons.isEmpty()) {
            var text = new StringBuilder(path + " cannot be used:");
            reasons.forEach(reason -> text.append(String.format("%n  %s", reason)));
            throw bad(text.toString(), "Nothing was changed.");
        }
    }

    private static Problem bad(String message, String advice) {
        return new Problem(ExitCode.USAGE, message, advice, null);
    }
}
