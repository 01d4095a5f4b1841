/**
 * The formats of the files that operating systems' trust stores consist of. Pure: bytes in, bytes out, no file is
 * opened here. Each format reads what a file holds, and makes its next bytes from its present ones, so that what is
 * not ours stays as it was.
 */
@NullMarked
package dev.capstan.truststore.format;

import org.jspecify.annotations.NullMarked;
