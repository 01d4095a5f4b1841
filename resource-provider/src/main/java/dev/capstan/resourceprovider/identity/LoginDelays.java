package dev.capstan.resourceprovider.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;

/**
 * Makes guessing slow and locks nobody out: after some bad logins of one principal from one address, the next from there is
 * looked at only after a delay, which doubles up to a minute. The right secret from elsewhere goes on, and so does the right one
 * from there once the delay is over; it ends the delays.
 */
final class LoginDelays {

    private static final int FREE = 3;
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration FORGOTTEN = Duration.ofMinutes(15);
    private static final int MANY = 10_000;

    private final InstantSource clock;
    private final LinkedHashMap<Who, Bad> bad = new LinkedHashMap<>(16, 0.75f, true);

    private record Who(String principal, String address) {}

    private record Bad(int count, Instant last) {}

    LoginDelays(InstantSource clock) {
        this.clock = clock;
    }

    /** How long this one has to wait before her secret is looked at; zero if not at all. */
    synchronized Duration delay(String principal, String address) {
        Bad before = bad.get(new Who(principal, address));
        if (before == null || before.count() < FREE) {
            return Duration.ZERO;
        }
        Duration delay = FIRST.multipliedBy(1L << Math.min(before.count() - FREE, 6));
        Duration bounded = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
        Duration left = Duration.between(clock.instant(), before.last().plus(bounded));
        // A clock that was set back must not make it longer.
        return left.isNegative() ? Duration.ZERO : left.compareTo(bounded) > 0 ? bounded : left;
    }

    synchronized void failed(String principal, String address) {
        Instant now = clock.instant();
        bad.values()
                .removeIf(one ->
                        bad.size() > MANY / 2 && one.last().plus(FORGOTTEN).isBefore(now));
        Who who = new Who(principal, address);
        Bad before = bad.get(who);
        int count = before != null && before.last().plus(FORGOTTEN).isAfter(now) ? before.count() : 0;
        bad.put(who, new Bad(count + 1, now));
        if (bad.size() > MANY) {
            bad.remove(bad.sequencedKeySet().getFirst());
        }
    }

    synchronized void succeeded(String principal, String address) {
        bad.remove(new Who(principal, address));
    }
}
