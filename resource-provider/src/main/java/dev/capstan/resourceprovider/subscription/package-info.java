/** What is around clusters: the subscription, its resource groups, providers and features. */
@NullMarked
package dev.capstan.resourceprovider.subscription;

import org.jspecify.annotations.NullMarked;
