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

    /**
     * The answer.
     *
     * @throws ArmFailure 404 if no route is the request's; whatever the route refuses
     */
    public ArmAnswer answer(ArmRequest request) {
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(request);
            if (variables.isPresent()) {
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
