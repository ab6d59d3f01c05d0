package dev.trestle.notary;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import dev.trestle.notary.CommitteeLedger.Supply;
import java.math.BigInteger;
import java.util.List;

/**
 * Whether a member signs a release. Pure. The order is: what the member has seen itself, the plan
 * recomputed, the accounts, what was signed before, pauses and own limits. Accepted means sign;
 * rejected means that somebody asks for something wrong; later means wait.
 */
final class ReleaseDecision {
  private ReleaseDecision() {}

  /**
   * Everything the decision depends on.
   *
   * @param member place of the member in the committee, or negative
   * @param observation by the member's own node
   * @param recomputed the plan as the custody rules make it from the same coins
   * @param inputFee what each further coin adds to the fee of the plan, at least
   * @param restingScript where coins rest between releases
   * @param wrapped wrapped tokens that exist on the destination, by the member's own node
   * @param guard what the guard says to {@link #record}
   */
  record Facts(
      Hash32 hubId,
      PlannedRelease release,
      int member,
      Observation observation,
      Verdict<CustodyRules.ReleasePlan> recomputed,
      Amount inputFee,
      Bytes restingScript,
      Supply supply,
      Amount wrapped,
      Verdict<GuardRecord.Release> guard,
      boolean paused,
      SigningPolicy policy) {}

  static Verdict<GuardRecord.Release> decide(Facts facts) {
    if (facts.member() < 0) {
      return Verdict.reject(NotaryCode.NOT_A_MEMBER, "not in the committee");
    }
    return reason(facts)
        .then(seen -> plan(facts))
        .then(planned -> accounts(facts))
        .then(covered -> facts.guard())
        .then(record -> limits(facts, record));
  }

  /** What the guard remembers of a release. */
  static GuardRecord.Release record(PlannedRelease release) {
    return new GuardRecord.Release(
        release.home(),
        obligation(release),
        planHash(release.plan()),
        EquivocationGuard.outpoints(release.plan().inputs()));
  }

  /**
   * What is owed, computed from the cause and not from the name that the relay chain gives the
   * release: two releases for one burn are one obligation.
   */
  static Hash32 obligation(PlannedRelease release) {
    int kind =
        switch (release.reason()) {
          case Reason.Withdrawal ignored -> 1;
          case Reason.Refund ignored -> 2;
          case Reason.Sweep ignored -> 3;
          case Reason.Merge ignored -> 4;
        };
    return Digests.tagged(
        "TRESTLE/notary/obligation/v1",
        new CanonicalWriter()
            .u8(kind)
            .text(release.lane().destination().toString())
            .bytes(release.bridge())
            .hash(release.cause())
            .toBytes());
  }

  private static Hash32 planHash(CustodyRules.ReleasePlan plan) {
    CanonicalWriter out = new CanonicalWriter().bytes(plan.unsigned());
    out.list(
        plan.inputs(),
        (writer, coin) ->
            writer
                .hash(coin.txId())
                .u32(coin.outputIndex())
                .amount(coin.amount())
                .bytes(coin.lock().script())
                .bytes(coin.lock().spendingScript()));
    return Digests.tagged("TRESTLE/notary/plan/v1", out.toBytes());
  }

  private static Verdict<PlannedRelease> reason(Facts facts) {
    PlannedRelease release = facts.release();
    if (!release.lane().source().equals(release.asset().chain())) {
      return Verdict.reject(NotaryCode.WRONG_LANE, "a lane of " + release.lane().source());
    }
    return switch (release.reason()) {
      case Reason.Withdrawal ignored -> withdrawal(facts);
      case Reason.Refund(Packet packet) -> refund(facts, packet);
      case Reason.Sweep ignored -> sweep(facts);
      case Reason.Merge ignored -> merge(facts);
    };
  }

  private static Verdict<PlannedRelease> withdrawal(Facts facts) {
    PlannedRelease release = facts.release();
    if (!(facts.observation() instanceof Observation.Burned(ChainMessage.TransferSent burn))) {
      return unseen(facts.observation());
    }
    boolean ours =
        burn.lane().equals(release.lane().reverse().hash())
            && OwnView.cause(burn.lane(), burn.sequence()).equals(release.cause());
    if (!ours) {
      return Verdict.reject(NotaryCode.WRONG_LANE, burn.lane() + " " + burn.sequence());
    }
    if (!burn.assetId().equals(TransferPayload.assetId(release.asset()))) {
      return Verdict.reject(NotaryCode.WRONG_ASSET, burn.assetId().toHex());
    }
    if (!burn.amount().equals(release.amount())) {
      return Verdict.reject(
          NotaryCode.WRONG_AMOUNT, release.amount() + " for a burn of " + burn.amount());
    }
    return burn.recipient().equals(release.script())
        ? Verdict.accept(release)
        : Verdict.reject(NotaryCode.WRONG_RECIPIENT, "burned for " + burn.recipient());
  }

  private static Verdict<PlannedRelease> refund(Facts facts, Packet packet) {
    PlannedRelease release = facts.release();
    Observation seen = facts.observation();
    boolean expired =
        seen instanceof Observation.Expired(HeaderRef block) && packet.timeout().isPast(block);
    boolean executed = seen instanceof Observation.Executed;
    if (!expired && !executed) {
      return unseen(seen);
    }
    boolean ours =
        packet.hubId().equals(facts.hubId())
            && packet.lane().equals(release.lane())
            && (expired || isOutcomeOf(packet, seen));
    if (!ours) {
      return Verdict.reject(NotaryCode.WRONG_LANE, "another packet: " + packet.id());
    }
    if (seen instanceof Observation.Executed(ChainMessage.PacketReceived done) && done.success()) {
      return Verdict.reject(NotaryCode.PACKET_SUCCEEDED, "the tokens were minted");
    }
    TransferPayload transfer;
    try {
      transfer = transfer(packet);
    } catch (DecodeException e) {
      return Verdict.reject(NotaryCode.WRONG_ASSET, String.valueOf(e.getMessage()));
    }
    if (!transfer.assetId().equals(TransferPayload.assetId(release.asset()))) {
      return Verdict.reject(NotaryCode.WRONG_ASSET, transfer.assetId().toHex());
    }
    if (!transfer.amount().equals(release.amount())) {
      return Verdict.reject(
          NotaryCode.WRONG_AMOUNT, release.amount() + " for a packet of " + transfer.amount());
    }
    return transfer.transferId().equals(release.cause())
        ? Verdict.accept(release)
        : Verdict.reject(NotaryCode.WRONG_RECIPIENT, "another transfer's packet");
  }

  private static boolean isOutcomeOf(Packet packet, Observation seen) {
    return seen instanceof Observation.Executed(ChainMessage.PacketReceived done)
        && packet.id().equals(done.packetId());
  }

  private static TransferPayload transfer(Packet packet) {
    List<Packet.Payload> payloads = packet.payloads();
    Packet.Payload only = payloads.getFirst();
    boolean known =
        payloads.size() == 1
            && only.kind() == Packet.Payload.Kind.TRANSFER
            && only.encoding().equals(TransferPayload.ENCODING)
            && only.version().equals(TransferPayload.VERSION);
    if (!known) {
      throw new DecodeException("not a packet of one transfer");
    }
    return TransferPayload.decode(only.value());
  }

  private static Verdict<PlannedRelease> sweep(Facts facts) {
    PlannedRelease release = facts.release();
    if (!release.script().equals(facts.restingScript())) {
      return Verdict.reject(NotaryCode.NOT_TO_RESTING_PLACE, release.script().toHex());
    }
    List<CustodyRules.Coin> inputs = release.plan().inputs();
    return inputs.size() == 1 && inputs.getFirst().amount().equals(release.amount())
        ? Verdict.accept(release)
        : Verdict.reject(NotaryCode.WRONG_AMOUNT, "a sweep moves one coin, all of it");
  }

  /**
   * Nothing but coins at rest goes in, {@link #plan} says, and all of it but the fee comes back.
   */
  private static Verdict<PlannedRelease> merge(Facts facts) {
    PlannedRelease release = facts.release();
    if (!release.script().equals(facts.restingScript())) {
      return Verdict.reject(NotaryCode.NOT_TO_RESTING_PLACE, release.script().toHex());
    }
    List<CustodyRules.Coin> inputs = release.plan().inputs();
    if (inputs.size() < 2 || !spent(release).equals(release.amount().value())) {
      return Verdict.reject(NotaryCode.WRONG_AMOUNT, "a merge moves many coins, all of them");
    }
    // The name of what is owed is made of its coins: another merge of one of them has another.
    return cause(inputs).equals(release.cause())
        ? Verdict.accept(release)
        : Verdict.reject(NotaryCode.PLAN_DIFFERS, "the merge of other coins");
  }

  private static Hash32 cause(List<CustodyRules.Coin> coins) {
    return Digests.sha256(
        coins.stream()
            .map(coin -> new CanonicalWriter().hash(coin.txId()).u32(coin.outputIndex()).toBytes())
            .sorted()
            .toArray(Bytes[]::new));
  }

  private static BigInteger spent(PlannedRelease release) {
    return release.plan().inputs().stream()
        .map(coin -> coin.amount().value())
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static Verdict<PlannedRelease> unseen(Observation observation) {
    return switch (observation) {
      case Observation.NotSeen(long readUpTo) ->
          Verdict.later(NotaryCode.NOT_SEEN, "not final up to height " + readUpTo);
      case Observation.Unavailable(String detail) ->
          Verdict.later(NotaryCode.OWN_NODE_UNAVAILABLE, detail);
      case Observation.Contradicting() ->
          Verdict.reject(NotaryCode.CONTRADICTING_MESSAGES, "the contract says two things");
      case Observation.Burned ignored -> notTheReason();
      case Observation.Executed ignored -> notTheReason();
      case Observation.Expired ignored -> notTheReason();
      case Observation.NotNeeded ignored -> notTheReason();
    };
  }

  private static Verdict<PlannedRelease> notTheReason() {
    return Verdict.reject(NotaryCode.CONTRADICTING_MESSAGES, "seen for another reason");
  }

  private static Verdict<CustodyRules.ReleasePlan> plan(Facts facts) {
    PlannedRelease release = facts.release();
    // A payout that waits must not hold what a depositor can take back: the release would be lost
    // with it. Only sweeps spend deposits.
    boolean resting =
        release.plan().inputs().stream()
            .allMatch(coin -> coin.lock().script().equals(facts.restingScript()));
    if (!resting && !(release.reason() instanceof Reason.Sweep)) {
      return Verdict.reject(NotaryCode.SPENDS_A_DEPOSIT, release.id().toHex());
    }
    BigInteger further = further(release);
    BigInteger most =
        facts
            .inputFee()
            .value()
            .multiply(BigInteger.valueOf(release.plan().inputs().size() - 1L))
            .multiply(release.pays() ? BigInteger.ONE : BigInteger.ZERO);
    if (further.signum() < 0 || further.compareTo(most) > 0) {
      return Verdict.reject(
          NotaryCode.WRONG_AMOUNT, "the reserve pays " + further + " of at most " + most);
    }
    CustodyRules.Payout owed =
        new CustodyRules.Payout(release.id(), release.script(), release.plan().payout().amount());
    return facts
        .recomputed()
        .then(
            own ->
                own.equals(release.plan()) && own.payout().equals(owed)
                    ? Verdict.accept(own)
                    : Verdict.reject(NotaryCode.PLAN_DIFFERS, "not what the coins give"));
  }

  /**
   * What the reserve pays of a payout: for the coins after the first, so that the recipient pays
   * for a transaction of one coin and never gets more than is owed.
   */
  private static BigInteger further(PlannedRelease release) {
    return release.plan().payout().amount().value().subtract(release.amount().value());
  }

  private static Verdict<Supply> accounts(Facts facts) {
    PlannedRelease release = facts.release();
    Supply supply = facts.supply();
    boolean pays = release.pays();
    BigInteger owed =
        sum(supply.minted(), supply.inFlight(), supply.pendingRelease(), supply.refundable());
    BigInteger spent = spent(release);
    if (owed.compareTo(supply.locked().value()) > 0) {
      return unbalanced("owed " + owed + ", locked " + supply.locked());
    }
    if (supply.locked().isMoreThan(supply.coins()) || spent.compareTo(supply.coins().value()) > 0) {
      return unbalanced("coins " + supply.coins() + ", spent " + spent);
    }
    // The reserve pays for a merge and for a payout's further coins: what is left still covers what
    // is locked.
    boolean sweep = release.reason() instanceof Reason.Sweep;
    BigInteger fee = pays ? further(release) : release.plan().fee().value();
    BigInteger left = supply.coins().value().subtract(fee);
    if (!sweep && supply.locked().value().compareTo(left) > 0) {
      return unbalanced("locked " + supply.locked() + ", left after the fee " + left);
    }
    if (pays && release.amount().isMoreThan(supply.pendingRelease())) {
      return unbalanced("pending " + supply.pendingRelease() + ", asked " + release.amount());
    }
    BigInteger backed = sum(supply.routeMinted(), supply.routeInFlight());
    return pays && facts.wrapped().value().compareTo(backed) > 0
        ? Verdict.later(
            NotaryCode.SUPPLY_EXCEEDED, facts.wrapped() + " tokens where " + backed + " are backed")
        : Verdict.accept(supply);
  }

  private static Verdict<Supply> unbalanced(String detail) {
    return Verdict.reject(NotaryCode.ACCOUNTS_DO_NOT_ADD_UP, detail);
  }

  private static BigInteger sum(Amount... amounts) {
    BigInteger sum = BigInteger.ZERO;
    for (Amount amount : amounts) {
      sum = sum.add(amount.value());
    }
    return sum;
  }

  private static Verdict<GuardRecord.Release> limits(Facts facts, GuardRecord.Release record) {
    PlannedRelease release = facts.release();
    // A sweep moves no value out, and without it the depositor takes the credited coin back: it is
    // held up neither by a pause nor by a limit on what leaves. A merge can wait for its payout.
    boolean pays = release.pays();
    if (facts.paused() && !(release.reason() instanceof Reason.Sweep)) {
      return Verdict.later(NotaryCode.PAUSED, release.routeId().toHex());
    }
    boolean within =
        !(pays && release.amount().isMoreThan(facts.policy().maxAmount()))
            && release.feeRate() <= facts.policy().maxFeeRate();
    return within
        ? Verdict.accept(record)
        : Verdict.reject(NotaryCode.ABOVE_OWN_LIMIT, release.amount() + " at " + release.feeRate());
  }
}
