/** The extension of the Azure CLI that this server publishes: the wheel, made from its Python sources, and the index. */
@NullMarked
package dev.capstan.resourceprovider.extension;

import org.jspecify.annotations.NullMarked;
