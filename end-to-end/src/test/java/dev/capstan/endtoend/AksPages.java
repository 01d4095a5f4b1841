package dev.capstan.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the two AKS pages have their reader type, as they print it. */
final class AksPages {

    private static final Pattern BLOCK = Pattern.compile("```(azurecli|yaml)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern BLANK = Pattern.compile("<[^>]+>");

    private AksPages() {}

    /** The blocks to type of the page on the Secret, in its order; the manifest among them is the one that begins with {@code apiVersion}. */
    static List<String> secret() {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(read("secret-commands.md"));
        while (block.find()) {
            blocks.add(block.group(2));
        }
        return blocks;
    }

    /** The commands of the page on the list, in its order. */
    static List<String> listCommands() {
        return List.of(read("list-commands.txt").strip().split("\n\n"));
    }

    /** The same with the values filled in; every blank has one. */
    static String fill(String command, Map<String, String> values) {
        return BLANK.matcher(command)
                .replaceAll(blank -> Matcher.quoteReplacement(Objects.requireNonNull(
                        values.get(blank.group()),
                        () -> "the page leaves a blank that the test does not know: " + blank.group())));
    }

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(AksPages.class.getResourceAsStream("aks-pages/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
