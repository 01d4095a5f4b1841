/** Which proxy a program in Go would take to a host, told from its environment. */
@NullMarked
package dev.capstan.proof.proxy;

import org.jspecify.annotations.NullMarked;
