/** How ARM looks on the wire: paths, api-versions, bodies, errors. */
@NullMarked
package dev.capstan.resourceprovider.wire;

import org.jspecify.annotations.NullMarked;
