package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Everything that there is to do at a cluster's API, tried with one credential: every verb on every resource that the server's
 * discovery names, and on those that exist as rights alone, in every namespace that could matter, without a name and with names
 * that could matter.
 *
 * @param api as the holder of the credential sees it
 * @param granted lines of {@link Right#parse}: what it may do, and nothing else
 * @param names of objects to try beside those that are granted
 */
record RightsMatrix(Api api, List<String> granted, List<String> names) {

    private static final List<String> VERBS = List.of(
            "get",
            "list",
            "watch",
            "create",
            "update",
            "patch",
            "delete",
            "deletecollection",
            "impersonate",
            "escalate",
            "bind",
            "*");

    private static final List<String> NAMESPACES = List.of(Right.ALL, "kube-system", "capstan-system");
    private static final List<String> RULES_OF = List.of("kube-system", "capstan-system", "default", "kube-public");

    /** Rights alone: whom one could speak as, and all at once. */
    private static final List<ServedResource> RIGHTS_ALONE = List.of(
            new ServedResource("", "/api/v1", "users", false),
            new ServedResource("", "/api/v1", "groups", false),
            new ServedResource("authentication.k8s.io", "/apis/authentication.k8s.io/v1", "userextras/scopes", false),
            new ServedResource("*", "/api/v1", "*", false));

    /** What Kubernetes grants to whoever has a credential: to ask about herself. */
    private static final List<String> EVERYBODY = List.of(
            "create selfsubjectaccessreviews.authorization.k8s.io - *",
            "create selfsubjectrulesreviews.authorization.k8s.io - *",
            "create selfsubjectreviews.authentication.k8s.io - *");

    private static final int AT_ONCE = 8;
    private static final int FORBIDDEN = 403;

    /** Fails if it may do anything else, or not all of it: by the server's own reviews, and by requests. */
    void isAllThatIsGranted() throws Exception {
        rulesAreThisAndNothingElse();
        reviewsGrantThisAndNothingElse();
        serverRefusesWhateverElseIsAsked();
        serverRefusesToHearItAsSomebodyElse();
    }

    /** Asks the server's own authorizer about all of it. */
    private void reviewsGrantThisAndNothingElse() throws Exception {
        Map<Right, ServedResource> all = all();
        for (String line : granted) {
            assertThat(all.keySet().stream().anyMatch(Right.parse(line)::covers))
                    .as("there is such a thing: " + line)
                    .isTrue();
        }
        Set<String> allowed = new TreeSet<>();
        each(all, (right, resource) -> api.allows(right, resource)).forEach((right, yes) -> {
            if (yes) {
                allowed.add(right.toString());
            }
        });

        Set<String> expected = new TreeSet<>();
        all.keySet().stream().filter(this::isGranted).map(Right::toString).forEach(expected::add);
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(allowed);
        allowed.removeAll(expected);
        assertThat(allowed).as("allowed by a review, and granted by nobody").isEmpty();
        assertThat(missing).as("granted, and refused by a review").isEmpty();
    }

    /** Asks the server for its rules, which name what nobody would think of trying. */
    private void rulesAreThisAndNothingElse() throws Exception {
        Set<String> others = new TreeSet<>();
        for (String namespace : RULES_OF) {
            for (Right rule : api.rules(namespace)) {
                if (!isGranted(rule) && !isGranted(new Right(rule.verb(), rule.resource(), Right.NONE, rule.name()))) {
                    others.add(rule.toString());
                }
            }
        }
        assertThat(others).as("rules that nobody granted").isEmpty();
    }

    /**
     * Makes the requests: each that is not granted is answered with 403, each that is granted is not. What is granted is asked
     * for with a body that changes nothing, and deleted under a name that nothing bears.
     */
    private void serverRefusesWhateverElseIsAsked() throws Exception {
        Map<Right, ServedResource> all = all();
        Map<String, String> wrong = new TreeMap<>();
        int[] refused = {0};
        each(all, (right, resource) -> resource.requests(right).isEmpty() ? 0 : status(right, resource))
                .forEach((right, status) -> {
                    if (status != 0 && (status == FORBIDDEN) == isGranted(right)) {
                        wrong.put(right.toString(), "answered with " + status);
                    }
                    refused[0] += status == FORBIDDEN ? 1 : 0;
                });
        assertThat(wrong).isEmpty();
        assertThat(refused[0]).isGreaterThan(500);
    }

    /** Speaking as somebody else is refused, whoever it is. */
    private void serverRefusesToHearItAsSomebodyElse() throws Exception {
        for (String user : List.of(
                "admin",
                "system:admin",
                "system:kube-controller-manager",
                "system:node:" + names.getFirst(),
                "system:serviceaccount:kube-system:default")) {
            assertThat(api.status("GET", "/api/v1/namespaces", "", "Impersonate-User", user))
                    .as(user)
                    .isEqualTo(FORBIDDEN);
            assertThat(api.status(
                            "GET",
                            "/api/v1/namespaces",
                            "",
                            "Impersonate-User",
                            user,
                            "Impersonate-Group",
                            "system:masters"))
                    .as(user)
                    .isEqualTo(FORBIDDEN);
        }
        for (String path : List.of("/metrics", "/logs/", "/debug/pprof/", "/configz")) {
            assertThat(api.status("GET", path)).as(path).isIn(FORBIDDEN, 404);
        }
    }

    private int status(Right right, ServedResource resource) throws Exception {
        boolean deletes = right.verb().startsWith("delete");
        Right asked = isGranted(right) && deletes
                ? new Right(right.verb(), right.resource(), right.namespace(), "nothing-bears-this-name")
                : right;
        if (isGranted(right)) {
            // Nothing may be deleted under a name that is there, so that the right must be to any.
            assertThat(isGranted(asked)).as("granted: " + asked).isTrue();
        }
        ServedResource.Request request = resource.requests(asked).getFirst();
        return api.status(request.method(), request.path(), request.method().startsWith("P") ? "{}" : "");
    }

    private boolean isGranted(Right right) {
        return granted.stream().anyMatch(line -> Right.parse(line).covers(right))
                || EVERYBODY.stream().anyMatch(line -> Right.parse(line).covers(right));
    }

    private Map<Right, ServedResource> all() throws Exception {
        List<ServedResource> resources = new ArrayList<>(api.resources());
        assertThat(resources).hasSizeGreaterThan(15);
        resources.addAll(RIGHTS_ALONE);
        Map<Right, ServedResource> all = new LinkedHashMap<>();
        for (ServedResource resource : resources) {
            for (String verb : VERBS) {
                for (String namespace : resource.namespaces(NAMESPACES)) {
                    for (String object : objects(resource)) {
                        all.put(new Right(verb, resource.qualified(), namespace, object), resource);
                    }
                }
            }
        }
        return all;
    }

    /** The names to try: none, some, and those that one has a right to. */
    private Set<String> objects(ServedResource resource) {
        Set<String> objects = new TreeSet<>(names);
        objects.add("");
        granted.stream()
                .map(Right::parse)
                .filter(right -> right.resource().equals(resource.qualified())
                        && !right.name().equals("*"))
                .forEach(right -> objects.add(right.name()));
        return objects;
    }

    /** A question to the server. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Right right, ServedResource resource) throws Exception;
    }

    private static <T> Map<Right, T> each(Map<Right, ServedResource> all, Question<T> question) throws Exception {
        Semaphore turns = new Semaphore(AT_ONCE);
        Map<Right, Future<T>> answers = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all.forEach((right, resource) -> {
                Callable<T> one = () -> {
                    turns.acquire();
                    try {
                        return question.ask(right, resource);
                    } finally {
                        turns.release();
                    }
                };
                answers.put(right, threads.submit(one));
            });
        }
        Map<Right, T> said = new LinkedHashMap<>();
        for (Map.Entry<Right, Future<T>> answer : answers.entrySet()) {
            said.put(answer.getKey(), answer.getValue().get());
        }
        return said;
    }
}
