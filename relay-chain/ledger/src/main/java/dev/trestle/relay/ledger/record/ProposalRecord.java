package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Something that governance may decide.
 *
 * @param number counts all proposals from 1
 * @param action encoded {@link dev.trestle.relay.ledger.tx.GovernanceAction}
 * @param proposedMillis block time
 * @param votes keys that are for it, in the order in which they voted
 * @param approvedMillis block time at which the threshold was reached
 */
public record ProposalRecord(
    long number,
    Bytes action,
    PublicKey proposer,
    long proposedMillis,
    List<PublicKey> votes,
    Optional<Long> approvedMillis,
    State state) {
  private static final int VERSION = 1;
  private static final int MAX_ACTION = 200_000;
  private static final int MAX_VOTES = 255;

  public ProposalRecord {
    votes = List.copyOf(votes);
  }

  /** How far it has come. */
  public enum State {
    OPEN,
    /** Waits for its delay, and then for anyone to execute it. */
    APPROVED,
    EXECUTED
  }

  /** SHA-256 of the action: what a vote is for. */
  public Hash32 actionHash() {
    return Digests.sha256(action);
  }

  public ProposalRecord withVote(PublicKey key) {
    List<PublicKey> all = new ArrayList<>(votes);
    all.add(key);
    return new ProposalRecord(number, action, proposer, proposedMillis, all, approvedMillis, state);
  }

  public ProposalRecord approved(long millis) {
    return new ProposalRecord(
        number, action, proposer, proposedMillis, votes, Optional.of(millis), State.APPROVED);
  }

  public ProposalRecord executed() {
    return new ProposalRecord(
        number, action, proposer, proposedMillis, votes, approvedMillis, State.EXECUTED);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(number).bytes(action);
    out.fixed(proposer.compressed()).u64(proposedMillis);
    out.list(votes, (w, key) -> w.fixed(key.compressed()));
    return Fields.constant(out.optional(approvedMillis, CanonicalWriter::u64), state).toBytes();
  }

  public static ProposalRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new ProposalRecord(
              in.u64(),
              in.bytes(MAX_ACTION),
              new PublicKey(in.fixed(PublicKey.SIZE)),
              in.u64(),
              in.list(MAX_VOTES, r -> new PublicKey(r.fixed(PublicKey.SIZE))),
              in.optional(CanonicalReader::u64),
              Fields.constant(in, State.values()));
        });
  }
}
