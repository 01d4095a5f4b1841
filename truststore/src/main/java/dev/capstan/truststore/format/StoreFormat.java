package dev.capstan.truststore.format;

/**
 * One kind of file that holds the certificates of a trust store. The same bytes and the same edit always give the same
 * new bytes, and an edit that changes nothing gives the very bytes that were there, also where a format has salts.
 */
public interface StoreFormat {

    /**
     * What the file holds. Never fails: whatever cannot be read is a {@link Held.Damage}. Takes time and memory in
     * proportion to the size of the file, whatever is in it.
     *
     * @param bytes the whole file; none for a file that is not there
     */
    Held read(byte[] bytes);

    /**
     * The bytes the file shall have. Afterwards nothing that was dropped is in it and everything that was added is, once;
     * all else is as it was, damaged parts included.
     *
     * @param now the whole file as it is; none for one that is not there yet
     * @return {@code now} itself where it fits already
     * @throws UneditableException if the file cannot be read well enough to keep all that is foreign in it
     */
    byte[] edit(byte[] now, Edit edit) throws UneditableException;
}
