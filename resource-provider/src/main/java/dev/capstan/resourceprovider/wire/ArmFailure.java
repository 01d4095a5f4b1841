package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is not done, in ARM's form (ARM RPC, "Error response content"). What a user can mend is 4xx: Azure's
 * clients send everything again that was answered with 5xx.
 */
public final class ArmFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Problem problem;
    private final transient List<Problem> details;
    private final transient Map<String, String> headers;

    /**
     * One thing that is wrong.
     *
     * @param code ARM's or AKS's word for it
     * @param message what, where, and what to do
     * @param target the property; null where it is about the whole
     */
    public record Problem(
            String code, String message, @Nullable String target) {

        /** A property with a value that cannot be. */
        public static Problem invalidParameter(String target, String message) {
            return new Problem("InvalidParameter", message, target);
        }

        private ObjectNode json() {
            ObjectNode json = Json.object().put("code", code).put("message", message);
            if (target != null) {
                json.put("target", target);
            }
            return json;
        }
    }

    private ArmFailure(int status, Problem problem, List<Problem> details, Map<String, String> headers) {
        super(problem.code() + ": " + problem.message(), null, false, false);
        this.status = status;
        this.problem = problem;
        this.details = List.copyOf(details);
        this.headers = Map.copyOf(headers);
    }

    public static ArmFailure of(int status, String code, String message) {
        return new ArmFailure(status, new Problem(code, message, null), List.of(), Map.of());
    }

    public static ArmFailure of(int status, String code, String message, Map<String, String> headers) {
        return new ArmFailure(status, new Problem(code, message, null), List.of(), headers);
    }

    public static ArmFailure badRequest(String code, String message) {
        return of(400, code, message);
    }

    /** Something is being done already, or cannot be done as things are (AKS's code for it). */
    public static ArmFailure notAllowed(String message) {
        return of(409, "OperationNotAllowed", message);
    }

    /** One problem that has details of its own. */
    public static ArmFailure of(Problem problem, List<Problem> details) {
        return new ArmFailure(400, problem, details, Map.of());
    }

    /** What things as they are stand against, with details of its own. */
    public static ArmFailure conflict(Problem problem, List<Problem> details) {
        return new ArmFailure(409, problem, details, Map.of());
    }

    /** A resource that is not there (ARM's words). */
    public static ArmFailure resourceNotFound(String type, String name, String group) {
        return of(
                404,
                "ResourceNotFound",
                "The Resource '" + type + "/" + name + "' under resource group '" + group
                        + "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
    }

    /** A resource group that is not there (ARM's words). */
    public static ArmFailure groupNotFound(String group) {
        return of(404, "ResourceGroupNotFound", "Resource group '" + group + "' could not be found.");
    }

    /** A condition of {@code If-Match} or {@code If-None-Match} that does not hold. */
    public static ArmFailure preconditionFailed(String message) {
        return of(412, "PreconditionFailed", message);
    }

    /** The store of record does not answer. */
    public static ArmFailure unavailable(String message) {
        return of(503, "ServiceUnavailable", message, Map.of("Retry-After", "1"));
    }

    public String code() {
        return problem.code();
    }

    public int status() {
        return status;
    }

    public ArmAnswer answer() {
        ObjectNode error = problem.json();
        if (!details.isEmpty()) {
            ArrayNode list = error.putArray("details");
            details.forEach(detail -> list.add(detail.json()));
        }
        ArmAnswer answer = ArmAnswer.of(status, Json.object().set("error", error));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        return answer;
    }
}
