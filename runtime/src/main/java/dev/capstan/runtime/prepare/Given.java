package dev.capstan.runtime.prepare;

import dev.capstan.certificates.CertificateSet;
import java.nio.file.Path;

/**
 * What a preparation takes from the trust store.
 *
 * @param roots file with the trust store's certificates without our set
 * @param ours our set, which the runtime is shown before it is restarted with those roots alone
 * @param hostDirectories whether registry host directories that hide our set may be given a line that names the bundle
 */
public record Given(Path roots, CertificateSet ours, boolean hostDirectories) {}
