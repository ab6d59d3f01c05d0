package dev.trestle.lightclient.cometbft;

import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.List;

/**
 * Precommits for a block.
 *
 * @param signatures one entry a validator, in the order of the set
 */
public record Commit(long height, int round, BlockId blockId, List<CommitSignature> signatures) {
  public Commit {
    if (height < 0 || round < 0) {
      throw new IllegalArgumentException("a commit of height " + height + ", round " + round);
    }
    signatures = List.copyOf(signatures);
  }

  static Commit read(ProtoReader in) {
    return new Commit(
        in.varint(1, Long.MAX_VALUE),
        (int) in.varint(2, Integer.MAX_VALUE),
        in.required(3, BlockId::read),
        in.messages(4, ValidatorSet.MAX_VALIDATORS, CommitSignature::read));
  }

  void write(ProtoWriter out) {
    out.varint(1, height).varint(2, round).message(3, blockId::write);
    signatures.forEach(signature -> out.message(4, signature::write));
  }
}
