package dev.trestle.gateway.hub;

import dev.trestle.base.Hash32;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;

/** Identifiers in paths and parameters of requests. */
public final class Ids {
  private Ids() {}

  /** 64 hex digits of the path. */
  public static Hash32 hash(String text, String what) {
    if (!text.matches("(0x)?[0-9a-fA-F]{64}")) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, what + " has 64 hex digits");
    }
    return Hash32.fromHex(text);
  }
}
