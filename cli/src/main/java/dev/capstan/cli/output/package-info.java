/** Results in the forms az prints: JSON, tables, TSV, YAML, and what --query makes of them. */
@NullMarked
package dev.capstan.cli.output;

import org.jspecify.annotations.NullMarked;
