package dev.capstan.truststore;

/** What a {@link TrustStore} remembers between its calls of the files it read. */
record Cache(FileCache<SourceContent> sources, FileCache<KeystoreEntries> keystores, FileCache<Bundle> bundles) {

    static Cache empty() {
        return new Cache(
                new FileCache<>(SourceContent::parse),
                new FileCache<>(KeystoreEntries::parse),
                new FileCache<>(Bundle::parse));
    }
}
