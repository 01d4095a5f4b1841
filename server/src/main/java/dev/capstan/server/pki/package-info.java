/**
 * The certificate authority of Capstan's own API, and the API's server certificate. The JDK can read certificates but has
 * no public way to make one; the few structures that are needed are written here by hand, so that neither another library
 * nor an outside program handles a private key.
 */
@NullMarked
package dev.capstan.server.pki;

import org.jspecify.annotations.NullMarked;
