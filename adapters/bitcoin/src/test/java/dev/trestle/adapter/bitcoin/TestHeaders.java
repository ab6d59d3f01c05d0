package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import java.util.ArrayList;
import java.util.List;

/** Headers of regtest with real proof of work. */
final class TestHeaders {
  static final BlockHeader GENESIS = UtxoNetwork.BITCOIN_REGTEST.parameters().genesis();

  private static final HeaderRules RULES =
      new HeaderRules(UtxoNetwork.BITCOIN_REGTEST.parameters());

  private TestHeaders() {}

  /** A branch on top of {@code parent}; {@code name} tells it apart. */
  static List<Bytes> branch(BlockHeader parent, String name, int length) {
    List<Bytes> out = new ArrayList<>();
    BlockHeader tip = parent;
    for (int i = 0; i < length; i++) {
      Hash32 root = Digests.sha256(Bytes.utf8(name + i));
      tip = header(tip, root, true);
      out.add(tip.raw());
    }
    return out;
  }

  static List<Bytes> branch(String name, int length) {
    return branch(GENESIS, name, length);
  }

  static BlockHeader last(List<Bytes> headers) {
    return BlockHeader.of(headers.getLast());
  }

  /** A header that follows {@code parent} and misses its target. */
  static Bytes withoutWork(BlockHeader parent) {
    return header(parent, Hash32.ZERO, false).raw();
  }

  private static BlockHeader header(BlockHeader parent, Hash32 root, boolean worked) {
    for (long nonce = 0; ; nonce++) {
      BlockHeader header =
          BlockHeader.of(0x2000_0000, parent.id(), root, parent.time() + 60, 0x207f_ffffL, nonce);
      if (RULES.hasProofOfWork(header) == worked) {
        return header;
      }
    }
  }
}
