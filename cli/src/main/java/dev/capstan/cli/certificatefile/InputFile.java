package dev.capstan.cli.certificatefile;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file that a command on the trust store is given. What is wrong with it is a {@link Problem} with exit code 2. */
final class InputFile {

    private InputFile() {}

    /** The text of a file, without a byte order mark. */
    static String text(String path) {
        return text(bytes(path))
                .orElseThrow(
                        () -> bad(path + " is not text.", "Name a text file; what each line may be, --help says."));
    }

    /** The text these bytes are, in UTF-8 or, with its byte order mark, UTF-16; empty if they are none. */
    static Optional<String> text(byte[] bytes) {
        var first = bytes.length > 1 ? bytes[0] & 0xff : 0;
        var second = bytes.length > 1 ? bytes[1] & 0xff : 0;
        var utf16 = (first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff);
        Charset charset = utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        try {
            var text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text)
                    .filter(each -> each.indexOf('\0') < 0);
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }

    static byte[] bytes(String path) {
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
