package dev.capstan.endtoend;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * A copy of the built product with one part of it broken on purpose: the proof that the proofs can fail. The product itself
 * has no switch for this; its jars are rewritten.
 */
final class Sabotage {

    private final Path distribution;

    private Sabotage(Path distribution) {
        this.distribution = distribution;
    }

    /** A whole copy of the distribution in this folder. */
    static Sabotage copyTo(Path folder) throws IOException {
        Program.clean()
                .run("cp", "-a", Repository.DISTRIBUTION.toString(), folder.toString())
                .orFail();
        // Class data archives belong to the jars as they were.
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path archive : files.filter(file -> file.toString().matches(".*\\.(jsa|aot)$"))
                    .toList()) {
                Files.delete(archive);
            }
        }
        return new Sabotage(folder);
    }

    Path distribution() {
        return distribution;
    }

    /** Makes a method of one class return at once (nothing, or false), in every jar that has it. */
    Sabotage emptyMethod(String className, String method) throws IOException {
        return replace(className, method, ".*\\)[VZ]", (candidate, code) -> {
            if (candidate.methodType().stringValue().endsWith("V")) {
                code.return_();
            } else {
                code.iconst_0().ireturn();
            }
        });
    }

    /** Makes a method of one class answer this text at once, whatever it is asked, in every jar that has it. */
    Sabotage answer(String className, String method, String text) throws IOException {
        return replace(
                className,
                method,
                ".*\\)Ljava/lang/String;",
                (candidate, code) ->
                        code.ldc(code.constantPool().stringEntry(text)).areturn());
    }

    private Sabotage replace(String className, String method, String type, BiConsumer<MethodModel, CodeBuilder> instead)
            throws IOException {
        String entry = "/" + className.replace('.', '/') + ".class";
        int changed = inEveryJar(entry, bytes -> {
            ClassModel model = ClassFile.of().parse(bytes);
            AtomicInteger methods = new AtomicInteger();
            byte[] broken = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG)
                    .transformClass(model, (builder, element) -> {
                        if (element instanceof MethodModel candidate
                                && candidate.methodName().equalsString(method)
                                && candidate.methodType().stringValue().matches(type)) {
                            methods.incrementAndGet();
                            builder.withMethodBody(
                                    candidate.methodName(),
                                    candidate.methodType(),
                                    candidate.flags().flagsMask(),
                                    code -> instead.accept(candidate, code));
                        } else {
                            builder.with(element);
                        }
                    });
            if (methods.get() == 0) {
                throw new AssertionError(
                        "nothing to break: " + className + " has no method " + method + " of a type like " + type);
            }
            return broken;
        });
        if (changed == 0) {
            throw new AssertionError("nothing to break: no jar has " + className);
        }
        return this;
    }

    private int inEveryJar(String entry, Change change) throws IOException {
        int changed = 0;
        try (Stream<Path> files = Files.walk(distribution)) {
            for (Path jar : files.filter(file -> file.getFileName().toString().matches("capstan-.*\\.jar"))
                    .toList()) {
                // The copy may share its files with another class path by hard link: rewrite a file of its own.
                Path own = jar.resolveSibling(jar.getFileName() + ".own");
                Files.copy(jar, own);
                boolean hit = false;
                try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + own.toUri()), Map.of())) {
                    Path inside = zip.getPath(entry);
                    if (Files.exists(inside)) {
                        Files.write(inside, change.of(Files.readAllBytes(inside)));
                        hit = true;
                    }
                }
                Files.move(own, jar, StandardCopyOption.REPLACE_EXISTING);
                changed += hit ? 1 : 0;
            }
        }
        return changed;
    }

    private interface Change {
        byte[] of(byte[] content) throws IOException;
    }
}
