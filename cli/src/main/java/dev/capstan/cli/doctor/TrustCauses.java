package dev.capstan.cli.doctor;

import dev.capstan.proof.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Why no certificate of the bundle has issued the chain. The CA is followed from who added it: the first place that has it and
 * whose next one has not is where it stopped. Where no place has it, the chain tells what kind of certificate is missing.
 */
final class TrustCauses {

    private TrustCauses() {}

    static void of(Facts facts, Facts.Way way, List<Diagnosis.Item> items) {
        Facts.Store store = facts.store();
        boolean asked = store.has(Place.SECRET) || store.has(Place.LIST);
        boolean outputsElsewhere = store.has(Place.HASH_DIRECTORY) || store.has(Place.KEYSTORE);
        if (facts.cluster().filter(Facts.Cluster::distrusted).isPresent()) {
            items.add(Diagnosis.Item.of(Cause.DISTRUSTED, ca(way) + " is distrusted on this node"));
        }
        if (store.at(Place.BUNDLE) == Place.Holding.BROKEN) {
            items.add(damaged(facts, "the bundle cannot be read, or holds nothing"));
        } else if (store.has(Place.ANCHORS) && !outputsElsewhere && !asked) {
            items.add(Diagnosis.Item.of(
                    Cause.TOOL_NOT_RUN, ca(way) + " lies among the anchors, and was not taken into the bundle"));
        } else if (store.has(Place.ANCHORS) || outputsElsewhere) {
            items.add(damaged(facts, ca(way) + " is in " + where(store) + ", and the bundle lost it"));
        } else if (asked) {
            whyNotHere(facts, way, items);
        } else {
            nowhere(facts, way, items);
        }
    }

    /** What the control plane knows to be wrong, whatever is asked for. */
    static void ofTheCluster(Facts facts, List<Diagnosis.Item> items) {
        facts.cluster().ifPresent(cluster -> {
            refused(cluster, items);
            if (cluster.secret() && !cluster.enabled()) {
                notEnabled(cluster, items);
            }
            ofTheAgent(cluster, items);
        });
    }

    /** The Secret or the list has it, and the node has nothing of it. */
    private static void whyNotHere(Facts facts, Facts.Way way, List<Diagnosis.Item> items) {
        int before = items.size();
        facts.cluster().ifPresent(cluster -> {
            if (!facts.store().has(Place.LIST) && !cluster.enabled()) {
                notEnabled(cluster, items);
            }
            if (!cluster.withheld().isEmpty()) {
                items.add(Diagnosis.Item.of(Cause.WITHHELD, cluster.withheld()));
            }
            ofTheAgent(cluster, items);
        });
        if (items.size() == before) {
            items.add(damaged(
                    facts, ca(way) + " is in " + where(facts.store()) + ", and nothing of the trust store holds it"));
        }
    }

    private static void notEnabled(Facts.Cluster cluster, List<Diagnosis.Item> items) {
        if (!cluster.feature()) {
            items.add(Diagnosis.Item.of(
                    Cause.CLUSTER_FEATURE,
                    "the feature CustomCATrustPreview is not registered, so that no pool can be enabled"));
        }
        items.add(new Diagnosis.Item(
                Cause.POOL_NOT_ENABLED,
                "the Secret is there, and the pool " + cluster.pool()
                        + " does not have custom CA trust: its nodes do not follow the Secret",
                "capstan aks nodepool update " + cluster.options() + " -n " + cluster.pool()
                        + " --enable-custom-ca-trust"));
    }

    private static void ofTheAgent(Facts.Cluster cluster, List<Diagnosis.Item> items) {
        if (!cluster.silent().isEmpty()) {
            items.add(Diagnosis.Item.of(Cause.AGENT_SILENT, cluster.silent()));
        }
        if (!cluster.problem().isEmpty()) {
            items.add(Diagnosis.Item.of(Cause.STORE_FAILED, "the agent reports: " + cluster.problem()));
        }
        if (cluster.silent().isEmpty() && cluster.problem().isEmpty() && cluster.underWay()) {
            items.add(Diagnosis.Item.of(Cause.UNDER_WAY, "the node is still bringing its trust store to its set"));
        }
    }

    /** Nobody on the way has it. */
    private static void nowhere(Facts facts, Facts.Way way, List<Diagnosis.Item> items) {
        String missing = ca(way);
        facts.cluster().ifPresent(cluster -> {
            refused(cluster, items);
            if (!cluster.elsewhere().isEmpty()) {
                items.add(Diagnosis.Item.of(
                        Cause.SECRET_ELSEWHERE,
                        cluster.elsewhere() + " holds it, which is not the Secret that is read"));
            }
        });
        String secret = facts.cluster()
                .map(cluster -> cluster.secret() ? "" : "; there is no Secret custom-ca-trust-secret in kube-system")
                .orElse("");
        if (way.reason() == Reason.PROXY_UNTRUSTED) {
            items.add(Diagnosis.Item.of(
                    Cause.PROXY_CA_MISSING,
                    "the certificate of the proxy " + way.proxy() + " itself was issued by " + missing
                            + ", which no place on the way to the node has" + secret));
            return;
        }
        if (!way.straight().isEmpty()) {
            items.add(Diagnosis.Item.of(
                    Cause.PROXY_INSPECTS,
                    "through the proxy " + way.proxy() + " the server's certificate is one of " + missing
                            + ", and without it one of " + way.straight()
                            + ": the proxy makes certificates of its own, and its CA is not trusted" + secret));
            return;
        }
        if (way.otherKey()) {
            items.add(Diagnosis.Item.of(
                    Cause.CA_REKEYED,
                    "the chain was issued by " + missing + "; the trust store has a CA of that name, with another key"
                            + secret));
            return;
        }
        Diagnosis.Item intermediate = Diagnosis.Item.of(
                Cause.INTERMEDIATE_NOT_SENT,
                "the server sent " + count(way) + " up to a root; the next would be " + missing
                        + (way.relative().isEmpty()
                                ? ""
                                : ", and the trust store has a CA of the same organisation, " + way.relative()));
        Diagnosis.Item root = Diagnosis.Item.of(
                Cause.CA_MISSING, missing + ", to which the chain leads, is in no place that was looked at" + secret);
        List<Diagnosis.Item> both = new ArrayList<>();
        if (!way.ends() && !way.relative().isEmpty()) {
            both.add(intermediate);
        } else if (!way.ends()) {
            both.add(root);
            both.add(intermediate);
        } else {
            both.add(root);
        }
        items.addAll(both);
    }

    private static void refused(Facts.Cluster cluster, List<Diagnosis.Item> items) {
        if (!cluster.refused().isEmpty()) {
            items.add(Diagnosis.Item.of(Cause.ENTRY_REFUSED, "left out: " + String.join("; ", cluster.refused())));
        }
    }

    private static Diagnosis.Item damaged(Facts facts, String words) {
        return Diagnosis.Item.of(Cause.BUNDLE_DAMAGED, words + Doctor.faults(facts));
    }

    private static String count(Facts.Way way) {
        return way.chain().size() == 1
                ? "its own certificate alone, which does not reach"
                : way.chain().size() + " certificates, which do not reach";
    }

    /** The CA that is needed, by its name. */
    private static String ca(Facts.Way way) {
        return way.missing().isEmpty() ? "the CA of the chain" : way.missing();
    }

    /** The places that have it, as words. */
    static String where(Facts.Store store) {
        List<String> words = new ArrayList<>();
        for (Place place : Place.values()) {
            if (store.has(place)) {
                words.add(place.words());
            }
        }
        return words.isEmpty() ? "no place" : String.join(", ", words);
    }
}
