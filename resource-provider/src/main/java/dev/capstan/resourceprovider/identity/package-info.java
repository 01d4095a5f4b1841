/** Who calls: the AD FS-style authority, its tokens, and the one service principal. */
@NullMarked
package dev.capstan.resourceprovider.identity;

import org.jspecify.annotations.NullMarked;
