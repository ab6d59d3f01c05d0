package dev.trestle.base;

/**
 * A stable, machine-readable reason for not accepting something. Implemented by one enum a module;
 * the code is part of the API and never changes its meaning.
 */
public interface ReasonCode {
  /** Lower-case words joined by hyphens, for example {@code bad-diffbits}. */
  String code();
}
