package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.List;
import java.util.Set;

/**
 * A change of what a file of the trust store holds.
 *
 * @param drop the certificates that shall not be in it
 * @param distrust the certificates that nobody shall trust. Formats that can say so keep them, marked as rejected, as
 *     p11-kit does; from all others they are dropped
 * @param add the certificates that shall be in it, once, in this order. One that is there already stays where it is,
 *     also when it is among those to drop
 * @param place where new ones go
 */
public record Edit(Set<Identity> drop, Set<Identity> distrust, List<Certificate> add, Place place) {

    public Edit {
        drop = Set.copyOf(drop);
        distrust = Set.copyOf(distrust);
        add = List.copyOf(add);
    }

    /** Where new certificates stand among those that are there; it is the place the distribution's tool gives them. */
    public sealed interface Place {

        /** After those of these certificates that the file begins with. */
        record Behind(Set<Identity> first) implements Place {
            public Behind {
                first = Set.copyOf(first);
            }
        }

        /** In front of those of these certificates that the file ends with. */
        record Before(Set<Identity> last) implements Place {
            public Before {
                last = Set.copyOf(last);
            }
        }
    }

    /** At the beginning of the file. */
    public static final Place FIRST = new Place.Behind(Set.of());

    /** At the end of the file. */
    public static final Place LAST = new Place.Before(Set.of());

    /** A change without distrust. */
    public static Edit of(Set<Identity> drop, List<Certificate> add, Place place) {
        return new Edit(drop, Set.of(), add, place);
    }
}
