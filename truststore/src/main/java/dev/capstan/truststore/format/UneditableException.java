package dev.capstan.truststore.format;

/** A file cannot be changed without harm to what is foreign in it. */
public final class UneditableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String words;

    private final boolean cut;

    UneditableException(String words) {
        this(words, false);
    }

    private UneditableException(String words, boolean cut) {
        super(words);
        this.words = words;
        this.cut = cut;
    }

    /** The file ends before its content does. */
    static UneditableException cut(String words) {
        return new UneditableException(words, true);
    }

    /** Whether the file ends early, as one does whose writer was killed, so that nobody can read it any more. */
    public boolean isCut() {
        return cut;
    }

    /** What is wrong with the file and what to do, to go on with after the file's name; without a full stop. */
    public String words() {
        return words;
    }
}
