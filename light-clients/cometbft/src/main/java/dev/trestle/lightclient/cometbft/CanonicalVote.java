package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;
import java.util.Optional;

/**
 * What a validator signs ({@code CanonicalVote}, CometBFT {@code types.VoteSignBytes}).
 *
 * @param type {@link #PRECOMMIT} in commits
 * @param blockId empty for nil
 */
public record CanonicalVote(
    int type,
    long height,
    long round,
    Optional<BlockId> blockId,
    Instant timestamp,
    String chainId) {
  public static final int PREVOTE = 1;
  public static final int PRECOMMIT = 2;

  /** The vote of one entry of a commit that is not absent. */
  static CanonicalVote of(String chainId, Commit commit, CommitSignature signature) {
    Optional<BlockId> block =
        signature.vote() == CommitSignature.Vote.COMMIT
            ? Optional.of(commit.blockId())
            : Optional.empty();
    return new CanonicalVote(
        PRECOMMIT, commit.height(), commit.round(), block, signature.timestamp(), chainId);
  }

  /** Behind its length, as it is signed. */
  public Bytes signBytes() {
    ProtoWriter out = new ProtoWriter().varint(1, type).fixed64(2, height).fixed64(3, round);
    blockId.ifPresent(id -> out.message(4, id::write));
    out.timestamp(5, timestamp).text(6, chainId);
    return new ProtoWriter().delimited(out.toBytes()).toBytes();
  }
}
