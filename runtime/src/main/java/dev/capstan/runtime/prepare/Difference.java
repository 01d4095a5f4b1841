package dev.capstan.runtime.prepare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The lines in which two contents of a file differ, as a unified diff has them: {@code -} before, {@code +} after, and
 * where. No lines around them, and no passwords in them: containerd's configuration holds those of registries.
 */
final class Difference {

    private static final Pattern SECRET =
            Pattern.compile("(?i)^(\\s*\"?[a-z_.\"-]*(password|auth|token|secret|authorization)\"?\\s*=).*");

    /** Beyond this many pairs of lines only the first and the last change count: no table of that size is made. */
    private static final int LARGEST = 4_000_000;

    private Difference() {}

    /** The lines; an absent file is an empty content. */
    static List<String> lines(byte[] before, byte[] after) {
        List<String> old = split(before);
        List<String> now = split(after);
        int head = 0;
        while (head < old.size() && head < now.size() && old.get(head).equals(now.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < old.size() - head
                && tail < now.size() - head
                && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
            tail++;
        }
        List<String> lines = new ArrayList<>();
        hunks(old.subList(head, old.size() - tail), now.subList(head, now.size() - tail), head, lines);
        return lines;
    }

    /** The middle, by the longest common part (Hunt and McIlroy's problem, solved by the plain table). */
    private static void hunks(List<String> old, List<String> now, int head, List<String> lines) {
        boolean small = (long) old.size() * now.size() <= LARGEST;
        int[][] common = new int[small ? old.size() + 1 : 1][small ? now.size() + 1 : 1];
        if (small) {
            for (int i = old.size() - 1; i >= 0; i--) {
                for (int j = now.size() - 1; j >= 0; j--) {
                    common[i][j] = old.get(i).equals(now.get(j))
                            ? common[i + 1][j + 1] + 1
                            : Math.max(common[i + 1][j], common[i][j + 1]);
                }
            }
        }
        int i = 0;
        int j = 0;
        boolean open = false;
        while (i < old.size() || j < now.size()) {
            if (small && i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
                i++;
                j++;
                open = false;
                continue;
            }
            if (!open) {
                lines.add("@@ line " + (head + j + 1) + " @@");
                open = true;
            }
            boolean gone = j >= now.size() || (i < old.size() && (!small || common[i + 1][j] >= common[i][j + 1]));
            lines.add(gone ? "-" + shown(old.get(i++)) : "+" + shown(now.get(j++)));
        }
    }

    private static List<String> split(byte[] content) {
        if (content.length == 0) {
            return List.of();
        }
        String text = new String(content, StandardCharsets.UTF_8);
        return List.of((text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1));
    }

    private static String shown(String line) {
        String plain = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        return SECRET.matcher(plain).replaceFirst("$1 …").replaceAll("[\\p{Cntrl}&&[^\t]]", "?");
    }
}
