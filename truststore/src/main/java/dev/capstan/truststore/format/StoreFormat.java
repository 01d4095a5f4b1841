package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;

/**
 * One kind of file that holds the certificates of a trust store. The same bytes and the same edit always give the same
 * new bytes, and an edit that changes nothing gives the very bytes that were there.
 */
public sealed interface StoreFormat permits P11KitBundle, TrustedBundle, JavaKeystore, SignatureLists {

    /**
     * What the file holds. Never fails: whatever cannot be read is a {@link Held.Damage}. Takes time and memory in
     * proportion to the size of the file, whatever is in it.
     *
     * @param bytes the whole file; none for one that is not there
     */
    Held read(byte[] bytes);

    /** Whether this kind of file holds a certificate when the distribution's tool writes it from an anchor of it. */
    boolean takes(Certificate certificate);

    /**
     * The bytes the file shall have. Afterwards nothing that was dropped is in it, and everything that was added and
     * that it {@linkplain #takes takes} is, once; all else is as it was, damaged parts included.
     *
     * @param now the whole file as it is; none for one that is not there yet
     * @return {@code now} itself where it fits already
     * @throws UneditableException if the file cannot be read well enough to keep all that is foreign in it
     */
    byte[] edit(byte[] now, Edit edit) throws UneditableException;
}
