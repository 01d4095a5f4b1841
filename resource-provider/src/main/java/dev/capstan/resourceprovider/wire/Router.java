package dev.capstan.resourceprovider.wire;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what answers a request, and checks its api-version. */
public final class Router {

    private final List<Route> routes;
    private final InstantSource clock;

    public Router(List<Route> routes, InstantSource clock) {
        this.routes = List.copyOf(routes);
        this.clock = clock;
    }

    /** Everything that is served. */
    public List<Route> routes() {
        return routes;
    }

    /** What a request does, as roles name it; empty if it is not served. */
    public String action(ArmRequest request) {
        return routes.stream()
                .filter(route -> route.match(request).isPresent())
                .findFirst()
                .map(Authorization::action)
                .orElse("");
    }

    /**
     * The answer.
     *
     * @throws ArmFailure 403 if the caller may not have it, 404 if no route is the request's; whatever the route refuses
     */
    public ArmAnswer answer(ArmRequest request) {
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(request);
            if (variables.isPresent()) {
                Authorization.check(route, request, variables.get());
                ApiVersion version = ApiVersion.parse(
                        request.query().get("api-version"),
                        route.family(),
                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
                return route.handler().answer(new Call(request, variables.get(), version));
            }
        }
        throw ArmFailure.of(
                404,
                "NotFound",
                "Capstan does not serve " + request.method() + " " + request.shownPath()
                        + ". What it serves of Azure Resource Manager is in its documentation, docs/arm-api.md.");
    }
}
