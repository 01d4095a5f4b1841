package dev.capstan.truststore.format;

/** A file cannot be changed without harm to what is foreign in it. */
public final class UneditableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String words;

    UneditableException(String words) {
        super(words);
        this.words = words;
    }

    /** What is wrong with the file and what to do, to go on with after the file's name; without a full stop. */
    public String words() {
        return words;
    }
}
