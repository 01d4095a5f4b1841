package dev.capstan.agent.api;

/** Time as a watch sees it, so that in a test an hour may pass at once. */
interface Time {

    /** As it is. */
    Time REAL = new Time() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // the caller loops
        public void await(Object monitor, long millis) throws InterruptedException {
            monitor.wait(millis);
        }
    };

    /** Nanoseconds of any epoch, never backwards. */
    long nanos();

    /** Waits for a call of {@code notifyAll}, no longer than this; the caller holds the monitor. */
    void await(Object monitor, long millis) throws InterruptedException;
}
