/**
 * Who asks and whether they may: the administrator's token, service-account tokens, role-based access, the reviews that
 * tell a client about itself, and the guard against granting more than one has.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.identity;

import org.jspecify.annotations.NullMarked;
