package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A change of what a file of the trust store holds.
 *
 * @param drop the certificates that shall not be in it
 * @param distrust the certificates that lie where the distribution's tool looks for what nobody shall trust. Formats
 *     that can say so hold them, marked as rejected; from all others they go. The formats of p11-kit do as it does and
 *     leave out also what has the same key as one of them
 * @param add the certificates that shall be in it, once, in this order. One that is there already stays where it is,
 *     also when it is among those to drop. One that is distrusted is not added
 * @param place where new ones go
 */
public record Edit(Set<Identity> drop, List<Certificate> distrust, List<Certificate> add, Place place) {

    /** At the beginning of the file, behind the text that stands there. */
    public static final Place FIRST = new Place.Behind(Set.of());

    /** At the end of the file. */
    public static final Place LAST = new Place.Before(Set.of());

    public Edit {
        drop = Set.copyOf(drop);
        distrust = List.copyOf(distrust);
        add = List.copyOf(add);
    }

    /** Where new certificates stand among those that are there: the place the distribution's tool would give them. */
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

        /** The place as an index among these; what is no certificate ends a run. */
        default int among(List<Optional<Identity>> held) {
            return switch (this) {
                case Behind(Set<Identity> first) -> {
                    int index = 0;
                    while (index < held.size()
                            && held.get(index).filter(first::contains).isPresent()) {
                        index++;
                    }
                    yield index;
                }
                case Before(Set<Identity> last) -> {
                    int index = held.size();
                    while (index > 0
                            && held.get(index - 1).filter(last::contains).isPresent()) {
                        index--;
                    }
                    yield index;
                }
            };
        }
    }

    /** A change without distrust. */
    public static Edit of(Set<Identity> drop, List<Certificate> add, Place place) {
        return new Edit(drop, List.of(), add, place);
    }

    /** The identities of what nobody shall trust. */
    Set<Identity> distrusted() {
        return distrust.stream().map(Certificate::identity).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * What stays of the parts of a file: of the certificates to add their first part, of the rest all that is wanted.
     *
     * @param identity which certificate a part is; empty for what is none, or is not to be counted as one
     * @param unwanted whether a part shall go; not asked of those to add
     */
    static <P> List<P> kept(
            List<P> parts, List<Certificate> adding, Function<P, Optional<Identity>> identity, Predicate<P> unwanted) {
        Set<Identity> missing = new HashSet<>();
        adding.forEach(certificate -> missing.add(certificate.identity()));
        Set<Identity> wanted = Set.copyOf(missing);
        List<P> kept = new ArrayList<>(parts.size() + adding.size());
        for (P part : parts) {
            Optional<Identity> held = identity.apply(part).filter(wanted::contains);
            if (held.isPresent() ? missing.remove(held.get()) : !unwanted.test(part)) {
                kept.add(part);
            }
        }
        return kept;
    }

    /** Those to add that are not among these, each once. */
    static List<Certificate> missing(List<Certificate> adding, List<Optional<Identity>> held) {
        Map<Identity, Certificate> missing = new LinkedHashMap<>();
        adding.forEach(certificate -> missing.putIfAbsent(certificate.identity(), certificate));
        held.forEach(identity -> identity.ifPresent(missing::remove));
        return List.copyOf(missing.values());
    }
}
