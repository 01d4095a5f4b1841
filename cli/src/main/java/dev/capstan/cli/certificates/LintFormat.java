package dev.capstan.cli.certificates;

/** How findings are printed; spelled as on the command line. */
enum LintFormat {
    table,
    json,
    sarif
}
