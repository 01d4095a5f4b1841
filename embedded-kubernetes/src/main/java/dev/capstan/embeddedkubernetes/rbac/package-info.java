/**
 * Role-based access control: who may do what, computed from Role, ClusterRole and binding objects.
 */
@NullMarked
package dev.capstan.embeddedkubernetes.rbac;

import org.jspecify.annotations.NullMarked;
