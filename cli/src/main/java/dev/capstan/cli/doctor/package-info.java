/**
 * Why a pull fails: the facts of a node and its cluster are gathered ({@code …Examination}), and {@link dev.capstan.cli.doctor.Doctor}
 * makes a diagnosis of them, a pure function that names the true cause first.
 */
@NullMarked
package dev.capstan.cli.doctor;

import org.jspecify.annotations.NullMarked;
