package dev.trestle.gateway.hub;

import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;

/** Identifiers as people know them on each chain. */
public final class Ids {
  private Ids() {}

  /** A transaction or block id: reversed hex for Bitcoin-like chains, 0x hex for EVM chains. */
  public static String onChain(ChainId chain, Hash32 id) {
    return chain.namespace().equals("bip122") ? id.toReversedHex() : "0x" + id.toHex();
  }

  /** 64 hex digits of the path. */
  public static Hash32 hash(String text, String what) {
    if (!text.matches("(0x)?[0-9a-fA-F]{64}")) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, what + " has 64 hex digits");
    }
    return Hash32.fromHex(text);
  }
}
