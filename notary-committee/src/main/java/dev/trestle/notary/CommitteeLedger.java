package dev.trestle.notary;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import java.util.List;
import java.util.Optional;

/**
 * What a member reads from and writes to the relay chain. Answers come from the committed state of
 * the member's own relay node. They say what the relay chain wants; whether it is right, the member
 * finds out itself. Blocks; for virtual threads.
 */
public interface CommitteeLedger {
  /** Chain id of the relay chain. */
  Hash32 hubId();

  /** The custody committee; a member's number is its place. */
  CustodyRules.Committee committee();

  /** Chains whose headers the committee attests. */
  List<AttestedChain> attestedChains();

  /** The block that this member has attested at a height, as far as the relay chain remembers. */
  Optional<Hash32> ownAttestation(ChainId chain, long height, int member);

  /**
   * Releases with a plan that do not have enough signatures yet; without those for which this
   * member's own are on their way.
   */
  List<PlannedRelease> plannedReleases();

  /** What all routes pay for the transactions that move coins out of or within custody. */
  List<RouteFee> routeFees();

  /** Accounts of a route and of its asset. */
  Supply supply(Hash32 routeId);

  /** Whether everything, one of the route's chains, or the route itself is paused. */
  boolean isPaused(Hash32 routeId);

  /** Whether everything or this chain is paused. */
  boolean isPaused(ChainId chain);

  /**
   * Sends an attestation and returns before it is included. Idempotent: does nothing while the one
   * before is on its way, and waits between two that are refused.
   */
  void submitAttestation(ChainId chain, Bytes header, int member, EcdsaSignature signature);

  /** Sends signatures, one an input. As {@link #submitAttestation}. */
  void submitSignatures(Hash32 releaseId, int member, List<SchnorrSignature> signatures);

  /**
   * @param clientType light-client family
   * @param bridge our contract there
   * @param state of the chain's light client
   * @param firstHeight where the contract's messages begin
   * @param stride every height that is a multiple of it is attested even without a message, so that
   *     the client knows the time; the same for all members
   */
  record AttestedChain(
      ChainId chain,
      String clientType,
      Bytes bridge,
      ClientView state,
      long firstHeight,
      long stride) {
    public AttestedChain {
      if (firstHeight < 0 || stride < 1) {
        throw new IllegalArgumentException("a height of " + firstHeight + ", stride " + stride);
      }
    }
  }

  /**
   * A release as the relay chain wants it.
   *
   * @param id as the relay chain names it
   * @param asset what is paid, on its home chain
   * @param homeClientType light-client family of the home chain, which has the custody rules
   * @param destinationClientType light-client family of the other chain, which has the messages
   * @param lane outward: from custody to the bridge contract
   * @param script output script that is paid
   * @param amount taken from custody, the network fee included
   * @param cause what the release is for: SHA-256 of lane hash and u64 sequence of the burn; the
   *     transfer's id; or SHA-256 of the outpoints that a sweep or a merge spends, in their order
   * @param feeRate satoshi per virtual byte
   * @param signedByUs whether this member's signatures are in the relay chain
   */
  record PlannedRelease(
      Hash32 id,
      Hash32 routeId,
      AssetId asset,
      String homeClientType,
      String destinationClientType,
      Lane lane,
      Reason reason,
      Bytes script,
      Amount amount,
      Hash32 cause,
      long feeRate,
      CustodyRules.ReleasePlan plan,
      boolean signedByUs) {
    public ChainId home() {
      return lane.source();
    }

    public ChainId destination() {
      return lane.destination();
    }

    public Bytes bridge() {
      return lane.destinationApp();
    }

    /**
     * Whether value leaves custody, for a reason on the destination. Sweeps and merges pay the
     * committee alone.
     */
    public boolean pays() {
      return switch (reason) {
        case Reason.Withdrawal ignored -> true;
        case Reason.Refund ignored -> true;
        case Reason.Sweep ignored -> false;
        case Reason.Merge ignored -> false;
      };
    }
  }

  /** Why coins move. */
  sealed interface Reason {
    /** A holder burned wrapped tokens. */
    record Withdrawal() implements Reason {}

    /**
     * The destination refused a packet, or did not receive it before its timeout.
     *
     * @param packet as it was sent
     */
    record Refund(Packet packet) implements Reason {}

    /** A deposit coin moves to the resting place; no value leaves. */
    record Sweep() implements Reason {}

    /** Coins at rest become one, so that a payout can spend them; no value leaves. */
    record Merge() implements Reason {}
  }

  /**
   * What a route pays for its sweeps and payouts.
   *
   * @param asset what the route carries, on its home chain
   * @param feeRate satoshi per virtual byte
   */
  record RouteFee(Hash32 routeId, AssetId asset, long feeRate) {}

  /**
   * Accounts, smallest units: of the asset as a whole, and what one route brought to its
   * destination.
   *
   * @param coins sum of all coins in custody
   */
  record Supply(
      Amount locked,
      Amount inFlight,
      Amount minted,
      Amount pendingRelease,
      Amount refundable,
      Amount coins,
      Amount routeInFlight,
      Amount routeMinted) {}
}
