package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A list in pages, as ARM gives it ("ARM RPC", paging): {@code $top} says how many, {@code nextLink} leads to the next ones
 * and is followed as it is. It names the last item that was given, not a number: what is made or deleted between two
 * pages makes none come twice and none be left out.
 */
public final class Page {

    /** Items of a page, where the client asks for no fewer. */
    static final int MOST = 100;

    private static final byte[] BEGIN = "{\"value\":[".getBytes(StandardCharsets.UTF_8);

    private Page() {}

    /**
     * An item of a list.
     *
     * @param key what the list is in the order of, without case
     * @param json what is shown of it; asked for only if it is on the page
     */
    public record Item(String key, Supplier<byte[]> json) {}

    /**
     * What a request says of the page that it wants.
     *
     * @param top how many items; null where it does not say
     * @param token where the last page ended; null for the first page
     */
    public record Asked(@Nullable String top, @Nullable String token) {

        public static Asked of(Call call) {
            var query = call.request().query();
            return new Asked(query.get("$top"), query.get("$skiptoken"));
        }
    }

    /**
     * The page that a request asks for.
     *
     * @param all every item, each with an {@code id} or, where it has none, a {@code name}; in an order of these that stays
     * @throws ArmFailure 400 if {@code $top} or {@code $skipToken} cannot be
     */
    public static ArmAnswer of(Call call, ArrayNode all) {
        return ArmAnswer.json(bytes(
                call,
                all.valueStream()
                        .map(item -> new Item(
                                item.path(item.has("id") ? "id" : "name").asText(), () -> Json.bytes(item)))
                        .toList()));
    }

    /**
     * The same of items that are bytes, and all of it as bytes.
     *
     * @param all every item, in the order of their keys
     * @throws ArmFailure 400 if {@code $top} or {@code $skipToken} cannot be
     */
    public static byte[] bytes(Call call, List<Item> all) {
        Asked asked = Asked.of(call);
        int top = top(asked.top());
        int next = asked.token() == null ? 0 : after(all, last(asked.token()));
        int end = Math.min(all.size(), next + top);
        var page = new ByteArrayOutputStream();
        page.writeBytes(BEGIN);
        for (int i = next; i < end; i++) {
            if (i > next) {
                page.write(',');
            }
            page.writeBytes(all.get(i).json().get());
        }
        page.write(']');
        if (end < all.size()) {
            page.writeBytes(",\"nextLink\":".getBytes(StandardCharsets.UTF_8));
            page.writeBytes(Json.bytes(TextNode.valueOf(link(call, key(all.get(end - 1))))));
        }
        page.write('}');
        return page.toByteArray();
    }

    private static int top(@Nullable String given) {
        if (given == null || given.isEmpty()) {
            return MOST;
        }
        if (!given.matches("[0-9]{1,9}") || Integer.parseInt(given) == 0) {
            throw ArmFailure.badRequest(
                    "InvalidParameter", "The value of parameter $top is invalid: it is a whole number from 1.");
        }
        return Math.min(MOST, Integer.parseInt(given));
    }

    private static String last(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ArmFailure.badRequest(
                    "InvalidParameter",
                    "The value of parameter $skipToken is invalid: it is what the nextLink of a page has, unchanged.");
        }
    }

    /** The first item behind that one; where that one went, behind where it would be. */
    private static int after(List<Item> all, String last) {
        for (int i = 0; i < all.size(); i++) {
            if (key(all.get(i)).equals(last)) {
                return i + 1;
            }
        }
        int next = 0;
        while (next < all.size() && key(all.get(next)).compareTo(last) < 0) {
            next++;
        }
        return next;
    }

    private static String key(Item item) {
        return item.key().toLowerCase(Locale.ROOT);
    }

    private static String link(Call call, String last) {
        StringBuilder path = new StringBuilder();
        for (String segment : call.request().path()) {
            path.append('/')
                    .append(URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        String top = call.request().query().get("$top");
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
        return call.url(path.toString())
                + (top == null || top.isEmpty() ? "" : "&%24top=" + top)
                + "&%24skipToken=" + token;
    }
}
