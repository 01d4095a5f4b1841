package dev.capstan.endtoend;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nothing of ours, product or test, is done in the JDK's common pool, for the reason that {@link Aside} tells. The classes are
 * those that have been built beside these.
 */
class CommonPoolTest {

    @Test
    void nothingIsDoneThere() throws IOException {
        List<Path> built;
        try (Stream<Path> modules = Files.list(Repository.ROOT)) {
            built = modules.flatMap(module ->
                            Stream.of("target/classes", "target/test-classes").map(module::resolve))
                    .filter(Files::isDirectory)
                    .toList();
        }
        JavaClasses classes = new ClassFileImporter().importPaths(built);
        assertThat(classes.contain(CommonPoolTest.class)).isTrue();
        ClassesShouldConjunction rule = noClasses()
                .should()
                .callMethod(CompletableFuture.class, "runAsync", Runnable.class)
                .orShould()
                .callMethod(CompletableFuture.class, "supplyAsync", Supplier.class)
                .orShould()
                .callMethod(ForkJoinPool.class, "commonPool")
                .orShould()
                .callMethod(Collection.class, "parallelStream")
                .orShould()
                .callMethod(Stream.class, "parallel");
        rule.check(classes);
    }
}
