package dev.capstan.truststore.reader;

/** A client gives up on a file because of one block of it. */
final class BrokenBlock extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;

    /**
     * A block that cannot be read.
     *
     * @param line where it begins, from 1
     */
    BrokenBlock(int line, String words) {
        super("the block at line " + line + " " + words);
        this.line = line;
    }

    int line() {
        return line;
    }
}
