package dev.capstan.controller;

import java.time.Duration;

/** What a controller does beside its nodes: the part that its scope decides. */
sealed interface ScopeWork extends AutoCloseable {

    /** Gives one of its own keys its turn; keys of another scope mean nothing here. */
    void work(Key key) throws Exception;

    /** A node became ready, or is no longer, or its trust changed: its pool gets a turn. */
    void nodeChanged(Key.NodeOf node);

    @Override
    void close();

    /** Managed clusters, their pools and machines, and clusters that are attached. */
    record OfManagedClusters(
            WorkQueue<Key> queue,
            Management management,
            Machines machines,
            AttachedApis attached,
            ManagedClusterReconciler clusters,
            AgentPoolReconciler pools,
            MachineReconciler deeds,
            ResourceGroupReconciler groups,
            Garbage garbage)
            implements ScopeWork {

        @Override
        public void work(Key key) throws Exception {
            switch (key) {
                case Key.Cluster cluster -> clusters.reconcile(cluster.name());
                case Key.Pool pool -> pools.reconcile(pool.name());
                case Key.MachineOf machine -> deeds.reconcile(machine);
                case Key.Group group -> groups.reconcile(group.name());
                case Key.Garbage cluster -> garbage.collect(cluster.cluster());
                case Key.Location location -> machines.refresh(location.name());
                default -> {}
            }
        }

        @Override
        public void nodeChanged(Key.NodeOf node) {
            management
                    .poolOf(node.cluster(), node.node())
                    .ifPresent(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
        }

        @Override
        public void close() {
            management.close();
            machines.close();
            attached.close();
        }
    }

    /** The pools of the one cluster that the controller is in; a real API server removes Events by itself. */
    record OfThisCluster(WorkQueue<Key> queue, NodePools selectors, NodePoolReconciler pools) implements ScopeWork {

        /** What pools say of their nodes is counted once for many changes. */
        private static final Duration COUNTED_AFTER = Duration.ofMillis(500);

        @Override
        public void work(Key key) throws Exception {
            if (key instanceof Key.Pool pool) {
                pools.reconcile(pool.name());
            }
        }

        @Override
        public void nodeChanged(Key.NodeOf node) {
            selectors
                    .of(node.node())
                    .ifPresent(pool ->
                            queue.addAfter(new Key.Pool(pool.getMetadata().getName()), COUNTED_AFTER));
        }

        @Override
        public void close() {
            selectors.close();
        }
    }
}
