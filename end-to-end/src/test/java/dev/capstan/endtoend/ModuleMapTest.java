package dev.capstan.endtoend;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The map of the design, held against the class files: what each module may depend on besides the JDK and itself. */
class ModuleMapTest {

    private static final List<String> JDK = List.of("java..", "javax..", "com.sun..", "jdk..", "org.jspecify..");
    private static final List<String> FABRIC8 = List.of("io.fabric8..", "com.fasterxml.jackson..", "org.slf4j..");
    private static final List<String> PICOCLI = List.of("picocli..");
    private static final List<String> JACKSON = List.of("com.fasterxml.jackson..");
    private static final List<String> YAML = List.of("org.snakeyaml.engine..");
    private static final List<String> LOGGING = List.of("org.slf4j..", "ch.qos.logback..");

    private static final Map<String, List<String>> MAP = Map.ofEntries(
            module("certificates"),
            module("truststore", capstan("certificates")),
            module("runtime", capstan("certificates")),
            module("proof", capstan("certificates"), List.of("com.fasterxml.jackson.core..")),
            module("resources"),
            module(
                    "agent",
                    capstan("certificates", "truststore", "runtime", "proof", "resources"),
                    List.of("com.fasterxml.jackson.core..")),
            module("embeddedkubernetes", JACKSON, YAML, List.of("org.sqlite..", "io.helidon..", "org.slf4j..")),
            module("machines", capstan("resources")),
            module("providerlocal", capstan("machines", "runtime", "certificates"), List.of("org.slf4j..")),
            module("controller", capstan("resources", "certificates", "machines"), FABRIC8, List.of("io.prometheus..")),
            module("resourceprovider", capstan("resources", "certificates"), FABRIC8, List.of("io.helidon..")),
            module(
                    "server",
                    capstan(
                            "embeddedkubernetes",
                            "controller",
                            "resourceprovider",
                            "providerlocal",
                            "machines",
                            "resources"),
                    FABRIC8,
                    PICOCLI,
                    LOGGING,
                    List.of("io.helidon..")),
            module(
                    "cli",
                    capstan("certificates", "truststore", "runtime", "proof", "resources"),
                    PICOCLI,
                    JACKSON,
                    YAML,
                    List.of("io.burt.jmespath..", "com.google.gson..")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.capstan");

    @TestFactory
    List<DynamicTest> everyModuleDependsOnlyOnWhatTheMapAllows() {
        return MAP.entrySet().stream()
                .map(module -> DynamicTest.dynamicTest(
                        module.getKey(),
                        () -> classes()
                                .that()
                                .resideInAPackage("dev.capstan." + module.getKey() + "..")
                                .should()
                                .onlyDependOnClassesThat(
                                        resideInAnyPackage(module.getValue().toArray(String[]::new)))
                                .check(CLASSES)))
                .toList();
    }

    @Test
    void everyClassBelongsToAModuleOfTheMap() {
        List<String> strangers = CLASSES.stream()
                .map(type -> type.getPackageName())
                .filter(name -> !name.equals("dev.capstan.endtoend"))
                .filter(name -> MAP.keySet().stream().noneMatch(module -> within(name, module)))
                .distinct()
                .toList();
        assertThat(strangers).isEmpty();
        assertThat(MAP.keySet())
                .allSatisfy(module -> assertThat(CLASSES.stream().map(type -> type.getPackageName()))
                        .anyMatch(name -> within(name, module)));
    }

    @Test
    void packagesInsideAModuleHaveNoCycles() {
        slices().matching("dev.capstan.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    private static boolean within(String packageName, String module) {
        return packageName.equals("dev.capstan." + module) || packageName.startsWith("dev.capstan." + module + ".");
    }

    @SafeVarargs
    private static Map.Entry<String, List<String>> module(String name, List<String>... allowed) {
        List<String> all = new ArrayList<>(JDK);
        all.add("dev.capstan." + name + "..");
        for (List<String> some : allowed) {
            all.addAll(some);
        }
        return Map.entry(name, List.copyOf(all));
    }

    private static List<String> capstan(String... modules) {
        List<String> packages = new ArrayList<>();
        for (String module : modules) {
            packages.add("dev.capstan." + module + "..");
        }
        return packages;
    }
}
