package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;

/** CometBFT's Merkle tree: SHA-256 in the shape and with the prefixes of RFC 6962 2.1. */
final class SimpleTree {
  private static final Bytes LEAF = Bytes.fromHex("00");
  private static final Bytes INNER = Bytes.fromHex("01");

  private SimpleTree() {}

  static Hash32 root(List<Bytes> leaves) {
    if (leaves.isEmpty()) {
      return Digests.sha256();
    }
    if (leaves.size() == 1) {
      return Digests.sha256(LEAF, leaves.getFirst());
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    return Digests.sha256(
        INNER,
        root(leaves.subList(0, split)).bytes(),
        root(leaves.subList(split, leaves.size())).bytes());
  }
}
