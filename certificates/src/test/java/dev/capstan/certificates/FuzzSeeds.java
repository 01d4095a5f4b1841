package dev.capstan.certificates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes what Jazzer starts from into a folder: {@code FuzzSeeds TARGET FOLDER}; inputs of the table, or the DER in their blocks. */
final class FuzzSeeds {

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN [A-Z0-9 ]+-----\n([A-Za-z0-9+/=\n]+)-----END ");

    private FuzzSeeds() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        boolean der = !java.util.Set.of("File", "Secret", "ListOfArm", "Layers").contains(arguments[0]);
        int number = 0;
        for (Map.Entry<String, byte[]> input : Inputs.all().entrySet()) {
            byte[] bytes = input.getValue();
            if (bytes.length > 20_000) {
                continue;
            }
            if (!der) {
                byte[] seed = switch (arguments[0]) {
                    case "Layers" -> Inputs.join(new byte[1], bytes);
                    case "ListOfArm" -> Base64.getEncoder().encode(bytes);
                    default -> bytes;
                };
                Files.write(folder.resolve("table-" + number++), seed);
                continue;
            }
            for (var block : BLOCK.matcher(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .results()
                    .toList()) {
                var content = Base64Text.wrapped(block.group(1));
                if (content.isPresent()) {
                    Files.write(folder.resolve("table-" + number++), content.get());
                }
            }
        }
    }
}
