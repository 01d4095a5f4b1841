package dev.capstan.resourceprovider.store;

import dev.capstan.resourceprovider.wire.Caller;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.function.Supplier;

/**
 * Whom the façade asks the management cluster for. Capstan's custom resources are read and written as the caller, by Kubernetes'
 * impersonation, so that Kubernetes' own audit and access control see who it is; everything else (Capstan's own Secrets, versions)
 * as the façade itself, and so is what the administrator asks: his credential is the façade's.
 */
public final class OnBehalf implements Interceptor {

    /** What user names and groups of callers begin with, so that they are nobody else's. */
    static final String PREFIX = "capstan:";

    private static final ScopedValue<Caller> CALLER = ScopedValue.newInstance();
    private static final String RESOURCES = "/apis/" + Names.GROUP + "/";

    /** Does something on behalf of a caller, in this thread. */
    public static <R> R of(Caller caller, Supplier<R> work) {
        return caller.isAdministrator()
                ? work.get()
                : ScopedValue.where(CALLER, caller).call(work::get);
    }

    /** Whether requests of this thread are somebody's who is not the façade. */
    static boolean isAnybody() {
        return CALLER.isBound();
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (CALLER.isBound() && request.uri().getPath().contains(RESOURCES)) {
            Caller caller = CALLER.get();
            builder.setHeader("Impersonate-User", PREFIX + caller.name());
            caller.roles().forEach(role -> builder.header("Impersonate-Group", RoleRights.group(role)));
        }
    }
}
