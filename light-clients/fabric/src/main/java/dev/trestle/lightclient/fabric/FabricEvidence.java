package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.fabric.protos.Block;

/**
 * Evidence that two blocks of one number follow one parent: {@code u8 version = 1 | u8 kind | bytes
 * block}, then for kind 1 another {@code bytes block}, for kind 2 nothing: the other one is known
 * to the client. Blocks are without data. The parent must be known, because a header names no
 * channel: two blocks of one number alone may be of two channels.
 */
public sealed interface FabricEvidence {
  record Pair(Block first, Block second) implements FabricEvidence {}

  record AgainstKnown(Block block) implements FabricEvidence {}

  default Bytes encode() {
    CanonicalWriter out = Messages.begin();
    switch (this) {
      case Pair(Block first, Block second) ->
          out.u8(1).bytes(first.encode()).bytes(second.encode());
      case AgainstKnown(Block block) -> out.u8(2).bytes(block.encode());
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException if it is no evidence
   */
  static FabricEvidence read(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Pair(block(in), block(in));
      case 2 -> new AgainstKnown(block(in));
      default -> throw new DecodeException("evidence of kind " + kind);
    };
  }

  private static Block block(CanonicalReader in) {
    Block block = Messages.block(in);
    if (!block.data().isEmpty()) {
      throw new DecodeException("evidence with data");
    }
    return block;
  }
}
