package dev.capstan.cli.doctor;

/** Where a CA can be, on its way from who added it to who needs it. */
enum Place {
    SECRET("the Secret"),
    LIST("the cluster's list"),
    ANCHORS("the anchors of the trust store"),
    BUNDLE("the bundle"),
    HASH_DIRECTORY("the hash directory"),
    KEYSTORE("the Java keystore"),
    SHOWN_SET("what the runtime reads at every pull"),
    HOST_DIRECTORY("the registry's host directory");

    private final String words;

    Place(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** What a place has of the CA that is needed. */
    enum Holding {
        /** With what lies there the chain verifies. */
        YES,
        /** It does not. */
        NO,
        /** It cannot be read, or not whole. */
        BROKEN,
        /** There is no such place here, or nothing is known of it. */
        ABSENT
    }
}
