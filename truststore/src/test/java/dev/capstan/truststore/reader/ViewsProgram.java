package dev.capstan.truststore.reader;

import java.nio.file.Path;

/** Says how many certificates each client trusts, and in how much they do not agree. */
final class ViewsProgram {

    private ViewsProgram() {}

    public static void main(String[] arguments) throws Exception {
        ClientViews views = ClientViews.of(Path.of(arguments[0]));
        views.views().stream()
                .filter(View.Trusting.class::isInstance)
                .forEach(view -> System.out.println("trusting " + view.client().title() + " "
                        + view.trusted().size()));
        System.out.println("disagreements " + views.disagreements().size());
    }
}
