/**
 * The ARM façade: what the Azure CLI, the Azure SDKs and the command {@code capstan} speak, turned into one object write
 * of the management cluster per request, and what the controller says of those objects turned into ARM's answers.
 */
@NullMarked
package dev.capstan.resourceprovider;

import org.jspecify.annotations.NullMarked;
