/**
 * The controller: watches ManagedClusters, AgentPools, Nodes and NodeTrusts and brings what is to what shall be, one
 * object at a time. It keeps nothing in memory that it could not derive again, so it may be killed between any two of
 * its writes.
 */
@NullMarked
package dev.capstan.controller;

import org.jspecify.annotations.NullMarked;
