/** To be written. */
@NullMarked
package dev.capstan.controller;

import org.jspecify.annotations.NullMarked;
