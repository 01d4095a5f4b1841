# Sums up Surefire's reports. Variables: code (Maven's exit code), fail_on_skip (true or false).
# Ends with the exit code that script/test shall have.

function attribute(line, name,    value) {
    if (!match(line, "(^|[ \t])" name "=\"[^\"]*\"")) return ""
    value = substr(line, RSTART, RLENGTH)
    sub(/^[^"]*"/, "", value)
    sub(/"$/, "", value)
    gsub(/&#10;|&#xA;/, " ", value)
    gsub(/&quot;/, "\"", value)
    gsub(/&apos;|&#39;/, "'", value)
    gsub(/&lt;/, "<", value)
    gsub(/&gt;/, ">", value)
    gsub(/&amp;/, "\\&", value)
    return value
}

# What stands in CDATA is output and stack traces, and may quote anything, even a report.
{
    line = $0
    if (quoted) {
        end = index(line, "]]>")
        if (!end) next
        line = substr(line, end + 3)
        quoted = 0
    }
    told = ""
    while (start = index(line, "<![CDATA[")) {
        rest = substr(line, start)
        end = index(rest, "]]>")
        if (told == "") told = substr(rest, 10, (end ? end : length(rest) + 1) - 10)
        line = substr(line, 1, start - 1) (end ? substr(rest, end + 3) : "")
        if (!end) {
            quoted = 1
            break
        }
    }
    $0 = line
}
/<testcase / {
    tests++
    # Parametrised tests have names of several words and dots; the class is the part that says where to look.
    class = attribute($0, "classname")
    sub(/.*\./, "", class)
    name = class "." attribute($0, "name")
    counted_failed = 0
}
/<skipped/ {
    reason = attribute($0, "message")
    # Surefire writes an assumption that did not hold as the first line of its stack trace.
    if (reason == "") reason = told
    sub(/^org.opentest4j.TestAbortedException: (Assumption failed: )?/, "", reason)
    skips[++skipped] = name ": " (reason == "" ? "no reason was given" : reason)
}
/<(failure|error)[ >\/]/ {
    if (!counted_failed) {
        counted_failed = 1
        failures[++failed] = name ": " attribute($0, "message")
    }
}

END {
    printf "%d tests\n", tests
    if (code != 0 && failed == 0) print "The build failed outside the tests: see above."
    for (i = 1; i <= failed; i++) print "FAILED  " failures[i]
    for (i = 1; i <= skipped; i++) print "SKIPPED " skips[i]
    printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped
    if (code != 0) exit code
    if (failed > 0) exit 1
    if (fail_on_skip == "true" && skipped > 0) exit 1
}
