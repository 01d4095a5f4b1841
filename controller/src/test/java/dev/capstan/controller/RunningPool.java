package dev.capstan.controller;

/** A pool that runs, of an image that nobody named. */
final class RunningPool {

    private RunningPool() {}

    static PoolWanted of(int count, String model, Limits limits, PoolWanted.Hold hold, boolean deleting) {
        return new PoolWanted(
                "c", "p", count, model, limits, hold, deleting, PoolWanted.Power.ON, new PoolWanted.Image(null, null));
    }
}
