package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;

/**
 * The signed content of a consensus message, without what is merely attached to it. Small enough to
 * stand in justifications and evidence.
 *
 * @param preparedRoundPlusOne of a ROUND_CHANGE the round its sender is prepared in, plus one, or
 *     0; of every other kind 0
 * @param blockId of a ROUND_CHANGE the prepared block or zero
 */
public record Statement(
    StatementKind kind, long height, int round, int preparedRoundPlusOne, Hash32 blockId) {
  private static final Bytes PAD_U64 = Bytes.wrap(new byte[24]);

  public Statement {
    boolean prepared = preparedRoundPlusOne > 0;
    if (height < 1 || round < 0 || round > ConsensusLimits.MAX_ROUND || preparedRoundPlusOne < 0) {
      throw new IllegalArgumentException("height or round out of range");
    }
    if (kind == StatementKind.ROUND_CHANGE) {
      if (round == 0 || preparedRoundPlusOne > round || prepared == blockId.isZero()) {
        throw new IllegalArgumentException("not a round change");
      }
    } else if (prepared || blockId.isZero()) {
      throw new IllegalArgumentException("not a statement about a block");
    }
  }

  public static Statement proposal(long height, int round, Hash32 blockId) {
    return new Statement(StatementKind.PROPOSAL, height, round, 0, blockId);
  }

  public static Statement prepare(long height, int round, Hash32 blockId) {
    return new Statement(StatementKind.PREPARE, height, round, 0, blockId);
  }

  public static Statement commit(long height, int round, Hash32 blockId) {
    return new Statement(StatementKind.COMMIT, height, round, 0, blockId);
  }

  /** {@code preparedRound} is -1 and {@code blockId} zero when nothing is prepared. */
  public static Statement roundChange(long height, int round, int preparedRound, Hash32 blockId) {
    return new Statement(StatementKind.ROUND_CHANGE, height, round, preparedRound + 1, blockId);
  }

  /** -1 if nothing is prepared. */
  public int preparedRound() {
    return preparedRoundPlusOne - 1;
  }

  /** What is signed: keccak256 of the 32-byte words of the wire format. */
  public Hash32 digest(Hash32 chainId) {
    CanonicalWriter out = new CanonicalWriter().hash(kind.tagHash()).hash(chainId);
    out.fixed(PAD_U64).u64(height).fixed(PAD_U64).u64(round);
    if (kind == StatementKind.ROUND_CHANGE) {
      out.fixed(PAD_U64).u64(preparedRoundPlusOne);
    }
    return Digests.keccak256(out.hash(blockId).toBytes());
  }

  /** Where this stands in the order in which a validator may sign. */
  public SignPosition position() {
    return new SignPosition(height, round, kind);
  }

  void write(CanonicalWriter out) {
    out.u8(kind.code()).u64(height).u32(round).u32(preparedRoundPlusOne).hash(blockId);
  }

  static Statement read(CanonicalReader in) {
    StatementKind kind = StatementKind.ofCode(in.u8());
    return new Statement(kind, in.u64(), Decoding.round(in), Decoding.round(in), in.hash());
  }
}
