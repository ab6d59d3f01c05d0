package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import java.util.List;
import java.util.Optional;

/**
 * Coins on their way out of custody, or to its resting place.
 *
 * @param chain home chain of the coins
 * @param script output script that is paid
 * @param amount taken from custody, the network fee included
 * @param cause burn (lane and sequence hashed), transfer or outpoints for which it exists
 * @param createdAt relay height
 * @param createdMillis block time, Unix milliseconds
 * @param plan once there are coins for it
 * @param signatures of committee members over the plan, in member order
 * @param transaction the final bytes, once enough members have signed
 */
public record ReleaseRecord(
    Kind kind,
    Hash32 routeId,
    ChainId chain,
    Bytes script,
    Amount amount,
    Hash32 cause,
    long createdAt,
    long createdMillis,
    State state,
    Optional<CustodyRules.ReleasePlan> plan,
    List<CustodyRules.MemberSignatures> signatures,
    Optional<Bytes> transaction) {
  private static final int VERSION = 1;
  private static final int MAX_MEMBERS = 255;

  public ReleaseRecord {
    signatures = List.copyOf(signatures);
  }

  /** Why coins move. */
  public enum Kind {
    /** A holder burned wrapped tokens. */
    WITHDRAWAL,
    /** A deposit whose packet failed is paid back. */
    REFUND,
    /** A deposit coin moves to the resting place; no value leaves. */
    SWEEP,
    /** Many coins at rest become one, so that a payout can spend them; no value leaves. */
    MERGE;

    /** Whether it pays somebody; others move coins to the resting place at the reserve's cost. */
    public boolean pays() {
      return this == WITHDRAWAL || this == REFUND;
    }
  }

  /** How far it has come. */
  public enum State {
    /** Waits for free coins or for the outflow limit. */
    QUEUED,
    /** The plan is fixed: members sign. */
    PLANNED,
    /** Enough signatures: the transaction can be broadcast. */
    READY,
    /** Proven to be executed. */
    SETTLED,
    /** Cannot be paid: the script is not payable, or the amount is below the route's minimum. */
    UNPAYABLE,
    /** A sweep whose deposit was spent by another transaction: it can never be executed. */
    VOID;

    /** Whether nothing happens to it any more. */
    public boolean isFinal() {
      return this == SETTLED || this == UNPAYABLE || this == VOID;
    }
  }

  /** Tagged SHA-256 of kind and cause: one release for each. */
  public static Hash32 id(Kind kind, Hash32 cause) {
    CanonicalWriter out = new CanonicalWriter();
    Fields.constant(out, kind).hash(cause);
    return Digests.tagged("TRESTLE/ledger/release/v1", out.toBytes());
  }

  public Hash32 id() {
    return id(kind, cause);
  }

  /**
   * Network fee that is taken from {@link #amount}, once there is a plan. A payout's transaction
   * may pay more: the reserve adds to it for every coin after the first.
   */
  public Optional<Amount> fee() {
    return plan.map(spent -> amount.plus(spent.fee()).minus(spent.payout().amount()));
  }

  public ReleaseRecord with(
      State next,
      Optional<CustodyRules.ReleasePlan> nextPlan,
      List<CustodyRules.MemberSignatures> signed,
      Optional<Bytes> bytes) {
    return new ReleaseRecord(
        kind,
        routeId,
        chain,
        script,
        amount,
        cause,
        createdAt,
        createdMillis,
        next,
        nextPlan,
        signed,
        bytes);
  }

  public ReleaseRecord with(State next) {
    return with(next, plan, signatures, transaction);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    Fields.constant(out, kind).hash(routeId).text(chain.toString()).bytes(script);
    out.amount(amount).hash(cause).u64(createdAt).u64(createdMillis);
    Fields.constant(out, state).optional(plan, PlanCodec::writePlan);
    out.list(signatures, PlanCodec::writeSignatures);
    return out.optional(transaction, CanonicalWriter::bytes).toBytes();
  }

  public static ReleaseRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new ReleaseRecord(
              Fields.constant(in, Kind.values()),
              in.hash(),
              Fields.chain(in),
              in.bytes(Fields.MAX_SCRIPT),
              in.amount(),
              in.hash(),
              in.u64(),
              in.u64(),
              Fields.constant(in, State.values()),
              in.optional(PlanCodec::readPlan),
              in.list(MAX_MEMBERS, PlanCodec::readSignatures),
              in.optional(r -> r.bytes(Fields.MAX_TRANSACTION)));
        });
  }
}
