package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Secrets;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.AccessScope;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Caller;
import dev.capstan.resourceprovider.wire.Caller.Grant;
import dev.capstan.resourceprovider.wire.Role;
import dev.capstan.resources.Principal;
import dev.capstan.resources.Principal.Assignment;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The service principals: objects of the management cluster, each with its secret's hash in a Secret beside it. The Secret is
 * written first and named in the object, so that one write makes a principal, and one gives her another secret; a Secret that
 * a crash left without its principal opens nothing.
 *
 * <p>Nothing is remembered here: who is deleted or got another secret is refused with the next request, at every replica.
 */
final class Principals {

    private static final String SECRET_PREFIX = "principal-";
    private static final String CLIENT_ID = "clientId";
    private static final String SECRET_SHA256 = "secretSha256";
    private static final int SECRET_BYTES = 32;
    private static final int CREDENTIAL_DIGITS = 16;

    /** As UUIDs are written; what has another form names nobody, and never becomes part of a path. */
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Management management;
    private final Secrets secrets;
    private final HomePrincipal home;
    private final AccessScope subscription;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * The principals of a management cluster.
     *
     * @param home the one that is always there
     * @param subscription what she owns
     */
    Principals(
            Management management, Secrets secrets, HomePrincipal home, AccessScope subscription, InstantSource clock) {
        this.management = management;
        this.secrets = secrets;
        this.home = home;
        this.subscription = subscription;
        this.clock = clock;
    }

    /**
     * A principal as she is shown and judged.
     *
     * @param clientId her name
     * @param spec all else
     */
    record Known(String clientId, Principal.Spec spec) {

        /** Who calls when she does. What is no role or scope, which only kubectl could have written, grants nothing. */
        Caller caller() {
            List<Grant> grants = new ArrayList<>();
            for (Assignment assignment : spec.assignments()) {
                Optional<Role> role = Role.of(assignment.role());
                Optional<AccessScope> scope = AccessScope.parse(assignment.scope());
                if (role.isPresent() && scope.isPresent()) {
                    grants.add(new Grant(role.get(), scope.get()));
                }
            }
            return new Caller(clientId, false, grants);
        }
    }

    /**
     * A principal with a secret that nobody will see again.
     *
     * @param known the principal
     * @param secret in hexadecimal digits: one that began with a dash would be an option on a command line
     */
    record Made(Known known, String secret) {

        /** Says nothing of the secret. */
        @Override
        public String toString() {
            return "Made[" + known.clientId() + "]";
        }
    }

    static boolean isClientId(String text) {
        return UUID.matcher(text).matches();
    }

    boolean isHome(String clientId) {
        return home.clientId().equals(clientId);
    }

    /** The principal of that name. */
    Optional<Known> find(String clientId) {
        if (isHome(clientId)) {
            return Optional.of(known(home));
        }
        return isClientId(clientId)
                ? management.find(Kind.PRINCIPAL, clientId).map(Principals::known)
                : Optional.empty();
    }

    /** Every principal, by display name. */
    List<Known> all() {
        List<Known> all = new ArrayList<>();
        management.list(Kind.PRINCIPAL).forEach(stored -> all.add(known(stored)));
        all.removeIf(one -> isHome(one.clientId()));
        all.sort(Comparator.comparing((Known one) -> one.spec().displayName()).thenComparing(Known::clientId));
        all.addFirst(known(home));
        return all;
    }

    /** The principal of that name, if this is her secret. */
    Optional<Known> login(String clientId, String secret) {
        Optional<Known> known = find(clientId);
        SecretHash hash = isHome(clientId)
                ? home.secret()
                : known.flatMap(one -> hash(one.spec().credential())).orElse(SecretHash.NONE);
        // Compared even where there is nobody of that name.
        return hash.isOf(secret) ? known : Optional.empty();
    }

    /** The principal whose secret this is. */
    Optional<Known> ofSecret(String secret) {
        if (home.secret().isOf(secret)) {
            return Optional.of(known(home));
        }
        String suffix = suffix(SecretHash.of(secret));
        return all().stream()
                .filter(one -> one.spec().credential().endsWith(suffix))
                .findFirst()
                .flatMap(one -> login(one.clientId(), secret));
    }

    private Optional<SecretHash> hash(String credential) {
        return secrets.read(credential)
                .map(data -> data.getOrDefault(SECRET_SHA256, new byte[0]))
                .map(hex -> SecretHash.ofHex(new String(hex, StandardCharsets.US_ASCII)));
    }

    /** Makes a principal; empty if there is one of that name, who is left as she is. */
    Optional<Made> create(String clientId, String displayName, List<Assignment> assignments) {
        if (find(clientId).isPresent()) {
            return Optional.empty();
        }
        String secret = secret();
        String credential = keep(clientId, secret);
        var spec = new Principal.Spec(displayName, credential, now(), assignments);
        try {
            return Optional.of(new Made(known(management.create(Kind.PRINCIPAL, clientId, spec)), secret));
        } catch (Conflict madeMeanwhile) {
            secrets.delete(credential);
            return Optional.empty();
        }
    }

    /** Changes who she is shown as and what she may do; her tokens stay, and may from now on what she may. */
    Known change(String clientId, String displayName, List<Assignment> assignments) {
        return management.commit(() -> {
            Stored<Principal.Spec, Void> read = get(clientId);
            Principal.Spec spec = read.spec();
            var changed = new Principal.Spec(displayName, spec.credential(), spec.created(), assignments);
            return known(management.replace(Kind.PRINCIPAL, read, changed));
        });
    }

    /** Gives her another secret; the old one, and every token that she has, are no longer good. */
    Made rotate(String clientId) {
        get(clientId);
        String secret = secret();
        String credential = keep(clientId, secret);
        var old = new ArrayList<String>();
        Known rotated = management.commit(() -> {
            Stored<Principal.Spec, Void> read = get(clientId);
            Principal.Spec spec = read.spec();
            old.clear();
            old.add(spec.credential());
            var changed = new Principal.Spec(spec.displayName(), credential, spec.created(), spec.assignments());
            return known(management.replace(Kind.PRINCIPAL, read, changed));
        });
        old.forEach(secrets::delete);
        return new Made(rotated, secret);
    }

    /** Deletes her, and with that every token that she has; nothing happens where there is none of that name. */
    boolean delete(String clientId) {
        Optional<String> credential = management.commit(() -> {
            Optional<Stored<Principal.Spec, Void>> read = management.find(Kind.PRINCIPAL, clientId);
            if (read.isPresent()) {
                management.delete(Kind.PRINCIPAL, read.get());
            }
            return read.map(one -> one.spec().credential());
        });
        credential.ifPresent(secrets::delete);
        return credential.isPresent();
    }

    private Stored<Principal.Spec, Void> get(String clientId) {
        return management.find(Kind.PRINCIPAL, clientId).orElseThrow(() -> notFound(clientId));
    }

    static ArmFailure notFound(String clientId) {
        return ArmFailure.of(
                404,
                "PrincipalNotFound",
                "There is no service principal '" + clientId + "'. 'capstan principal list' tells which there are.");
    }

    /** Writes the hash of a secret, and answers with the name of its Secret. */
    private String keep(String clientId, String secret) {
        SecretHash hash = SecretHash.of(secret);
        String credential = SECRET_PREFIX + clientId + suffix(hash);
        try {
            secrets.create(
                    credential,
                    Map.of(
                            CLIENT_ID,
                            clientId.getBytes(StandardCharsets.US_ASCII),
                            SECRET_SHA256,
                            hash.hex().getBytes(StandardCharsets.US_ASCII)));
        } catch (Conflict drawnTwice) {
            throw ArmFailure.unavailable("A name was drawn that was there already. Nothing was changed; try again.");
        }
        return credential;
    }

    /** Enough of a hash to find the one principal by, and to tell her secrets apart. */
    private static String suffix(SecretHash hash) {
        return "-" + hash.hex().substring(0, CREDENTIAL_DIGITS);
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static Known known(Stored<Principal.Spec, Void> stored) {
        return new Known(stored.name(), stored.spec());
    }

    private Known known(HomePrincipal principal) {
        var owner = new Assignment(Role.OWNER.word(), subscription.id());
        return new Known(
                principal.clientId(),
                new Principal.Spec("principal.json of this home", principal.credential(), "", List.of(owner)));
    }
}
