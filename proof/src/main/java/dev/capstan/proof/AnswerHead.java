package dev.capstan.proof;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an HTTP/1.1 answer (RFC 9112, 2.1), as far as a proof needs it.
 *
 * @param status such as 401
 * @param words the status line after the version, for people: {@code 407 Proxy Authentication Required}
 * @param tokenServer the URL that a Bearer challenge names (RFC 6750, 3; distribution: registry/spec/auth/token); empty
 *     where there is none
 */
record AnswerHead(int status, String words, String tokenServer) {

    private static final int LARGEST = 16 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (([1-9][0-9]{2})( [^\\r\\n]*)?)\\r?\\n");

    private static final Pattern CHALLENGE = Pattern.compile(
            "^www-authenticate:[ \\t]*bearer[ \\t][^\\r\\n]*?\\brealm=\"([^\"\\r\\n]+)\"",
            Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    /**
     * Reads up to the empty line and not a byte further.
     *
     * @throws NotHttpException if it is no such head
     * @throws IOException if the connection ends before
     */
    static AnswerHead read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int line = 0;
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw head.size() == 0
                        ? new EOFException("the connection was closed without an answer")
                        : new NotHttpException("the connection was closed in the head of an answer");
            }
            head.write(next);
            if (head.size() > LARGEST) {
                throw new NotHttpException("the head of the answer has more than " + LARGEST + " bytes");
            }
            if (next == '\n') {
                if (line == 0) {
                    return parse(head.toString(StandardCharsets.ISO_8859_1));
                }
                line = 0;
            } else if (next != '\r') {
                line++;
            }
        }
    }

    private static AnswerHead parse(String head) throws NotHttpException {
        Matcher matcher = STATUS.matcher(head);
        if (!matcher.lookingAt()) {
            throw new NotHttpException("the answer is not HTTP/1.1");
        }
        Matcher challenge = CHALLENGE.matcher(head);
        return new AnswerHead(
                Integer.parseInt(matcher.group(2)),
                Names.shown(matcher.group(1).strip()),
                challenge.find() ? challenge.group(1) : "");
    }

    /** What came is no answer. */
    static final class NotHttpException extends IOException {

        private static final long serialVersionUID = 1L;

        NotHttpException(String message) {
            super(message);
        }
    }
}
