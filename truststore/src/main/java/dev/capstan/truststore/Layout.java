package dev.capstan.truststore;

import java.io.IOException;
import java.util.List;

/** How the store of a family is looked at. */
interface Layout {

    Family family();

    /** What to wait for before the store is looked at. */
    ForeignRun foreignRun(Root root);

    /** Looks at the store. */
    Survey survey(Root root, StoreRecord record, Cache cache, Hook hook, ForeignRun run) throws IOException;

    /** The folders in which a foreign change may call for another look. */
    List<String> watched();
}
