package dev.trestle.adapter;

import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;

/** Transaction and block ids in the form in which each chain's own tools print them. */
public final class NativeIds {
  private NativeIds() {}

  /**
   * A transaction or block id as explorers of its chain show it: hex in reversed byte order for
   * Bitcoin and its kin (CAIP-2 namespace {@code bip122}), 0x-prefixed hex for EVM chains.
   */
  public static String of(ChainId chain, Hash32 id) {
    return chain.namespace().equals("bip122") ? id.toReversedHex() : "0x" + id.toHex();
  }
}
