/** The controller alone, in or beside the cluster whose nodes it looks after: {@code capstan controller}. */
@NullMarked
package dev.capstan.server.incluster;

import org.jspecify.annotations.NullMarked;
