/** Managed clusters, their agent pools, and the operations on them. */
@NullMarked
package dev.capstan.resourceprovider.clusters;

import org.jspecify.annotations.NullMarked;
