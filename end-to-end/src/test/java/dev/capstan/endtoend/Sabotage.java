package dev.capstan.endtoend;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
        Program.clean().run("cp", "-a", Repository.DISTRIBUTION.toString(), folder.toString()).orFail();
        // Class data archives belong to the jars as they were.
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path archive : files.filter(file -> file.toString().matches(".*\\.(jsa|aot)$")).toList()) {
                Files.delete(archive);
            }
        }
        return new Sabotage(folder);
    }

    Path distribution() {
        return distribution;
    }

    /** Makes a method of one class return at once, in every jar that has it; it must return nothing. */
    Sabotage emptyMethod(String className, String method) throws IOException {
        String entry = "/" + className.replace('.', '/') + ".class";
        int changed = inEveryJar(entry, bytes -> {
            ClassModel model = ClassFile.of().parse(bytes);
            CodeTransform nothing = new CodeTransform() {
                @Override
                public void accept(CodeBuilder builder, CodeElement element) {
                    // Every instruction is left out.
                }

                @Override
                public void atEnd(CodeBuilder builder) {
                    builder.return_();
                }
            };
            AtomicInteger methods = new AtomicInteger();
            byte[] broken = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG)
                    .transformClass(
                            model,
                            ClassTransform.transformingMethodBodies(
                                    candidate -> candidate.methodName().equalsString(method)
                                            && candidate.methodType().stringValue().endsWith(")V")
                                            && methods.incrementAndGet() > 0,
                                    nothing));
            if (methods.get() == 0) {
                throw new AssertionError("nothing to break: " + className + " has no method void " + method);
            }
            return broken;
        });
        if (changed == 0) {
            throw new AssertionError("nothing to break: no jar has " + className);
        }
        return this;
    }

    /** Replaces a text in a resource of one jar, in every jar that has it. */
    Sabotage replaceInResource(String entry, String from, String to) throws IOException {
        int changed = inEveryJar(entry, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            String broken = text.replaceAll(from, to);
            if (broken.equals(text)) {
                throw new AssertionError("nothing to break: " + entry + " does not match " + from);
            }
            return broken.getBytes(StandardCharsets.UTF_8);
        });
        if (changed == 0) {
            throw new AssertionError("nothing to break: no jar has " + entry);
        }
        return this;
    }

    private int inEveryJar(String entry, Change change) throws IOException {
        int changed = 0;
        try (Stream<Path> files = Files.walk(distribution)) {
            for (Path jar : files.filter(file -> file.getFileName().toString().matches("capstan-.*\\.jar")).toList()) {
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
