package dev.capstan.certificates;

import java.time.InstantSource;
import java.util.Map;

/** Reads certificates. */
@SuppressWarnings("DoNotCallSuggester")
public final class CertificateReader {

    private final InstantSource clock;

    /** A reader that judges validity dates by this clock. */
    public CertificateReader(InstantSource clock) {
        this.clock = clock;
    }

    /** Reads one PEM text. */
    public Reading readPem(byte[] bytes, Place place) {
        throw new UnsupportedOperationException("to come: " + clock + bytes.length + place);
    }

    /** Reads the data of a Secret. */
    public Reading readSecret(Map<String, byte[]> data, String source) {
        throw new UnsupportedOperationException("to come: " + data.size() + source);
    }
}
