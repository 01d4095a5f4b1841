package dev.capstan.certificates;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The real Go: what its {@code encoding/pem} and {@code crypto/x509} make of inputs, many of them in one process. */
final class Go {

    private static final String PROGRAM = """
            package main

            import (
            	"bufio"
            	"crypto/sha256"
            	"crypto/x509"
            	"encoding/binary"
            	"encoding/pem"
            	"fmt"
            	"io"
            	"os"
            )

            func main() {
            	in := bufio.NewReader(os.Stdin)
            	out := bufio.NewWriter(os.Stdout)
            	defer out.Flush()
            	for {
            		var length uint32
            		if binary.Read(in, binary.BigEndian, &length) != nil {
            			return
            		}
            		data := make([]byte, length)
            		if _, err := io.ReadFull(in, data); err != nil {
            			panic(err)
            		}
            		for rest := data; ; {
            			var block *pem.Block
            			block, rest = pem.Decode(rest)
            			if block == nil {
            				break
            			}
            			parses := "no"
            			if certificate, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
            				parses = fmt.Sprintf("%x", certificate.RawSubject)
            			}
            			fmt.Fprintf(out, "%x|%x|%s ", block.Type, sha256.Sum256(block.Bytes), parses)
            		}
            		fmt.Fprintln(out)
            	}
            }
            """;

    private final Path program;

    private Go(Path program) {
        this.program = program;
    }

    /** Compiled in this folder; the test is skipped, and says so, where there is no Go. */
    static Go in(Path folder) {
        try {
            boolean there = Files.isExecutable(Path.of("/usr/bin/go"));
            Assumptions.assumeTrue(there, "no Go here: Debian package golang-go");
            Files.writeString(folder.resolve("main.go"), PROGRAM);
            Process process = new ProcessBuilder("go", "build", "-o", "read", "main.go")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(output);
            }
            return new Go(folder.resolve("read"));
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /**
     * A block that Go found.
     *
     * @param label its label
     * @param sha256 of its bytes
     * @param parses whether {@code crypto/x509} takes it for a certificate
     */
    record Block(String label, String sha256, boolean parses) {}

    /** The blocks that Go finds in each of these inputs. */
    List<List<Block>> blocks(Collection<byte[]> inputs) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(request)) {
            for (byte[] input : inputs) {
                data.writeInt(input.length);
                data.write(input);
            }
            Path in = Files.createTempFile(program.getParent(), "in", "");
            Path out = Files.createTempFile(program.getParent(), "out", "");
            Files.write(in, request.toByteArray());
            Process process = new ProcessBuilder(program.toString())
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException("the Go program failed");
            }
            List<List<Block>> all = new ArrayList<>();
            for (String line : Files.readAllLines(out)) {
                List<Block> blocks = new ArrayList<>();
                for (String block : line.isEmpty() ? new String[0] : line.split(" ", 0)) {
                    String[] parts = block.split("\\|", 3);
                    blocks.add(new Block(
                            new String(HexFormat.of().parseHex(parts[0]), StandardCharsets.ISO_8859_1),
                            parts[1],
                            !parts[2].equals("no")));
                }
                all.add(blocks);
            }
            Files.delete(in);
            Files.delete(out);
            return all;
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
