package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;

/** Makes regtest headers with real proof of work. */
final class Miner {
  private static final long BITS = 0x207f_ffffL;

  private Miner() {}

  static BlockHeader next(BlockHeader parent, Hash32 merkleRoot, long time) {
    HeaderRules rules = new HeaderRules(BitcoinNetworks.BITCOIN_REGTEST);
    for (long nonce = 0; ; nonce++) {
      BlockHeader header = BlockHeader.of(0x2000_0000, parent.id(), merkleRoot, time, BITS, nonce);
      if (rules.hasProofOfWork(header)) {
        return header;
      }
    }
  }

  /** A branch of {@code length} blocks on top of {@code parent}; {@code name} tells it apart. */
  static List<BlockHeader> branch(BlockHeader parent, String name, int length) {
    List<BlockHeader> out = new ArrayList<>();
    BlockHeader tip = parent;
    for (int i = 0; i < length; i++) {
      tip = next(tip, Digests.sha256(Bytes.utf8(name + i)), tip.time() + 600);
      out.add(tip);
    }
    return out;
  }
}
