package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RecoveryRules;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.fabric.FabricRules.Namespace;
import dev.trestle.lightclient.fabric.FabricState.HeldConfig;
import dev.trestle.lightclient.fabric.policy.Signers;
import java.util.List;
import java.util.Optional;

/**
 * Follows a channel block by block: a header names no channel, so only the way back to the anchor
 * tells that a block is of this one. Blocks come without data, but for those that carry a
 * configuration; which do, their orderers say in what they sign ({@code last_config}).
 *
 * <p><b>A new configuration</b> is accepted when the orderers of the one in force signed its block
 * and its sequence is the next. That trusts them to have judged the change under the mod policies,
 * which this client does not do again: with BFT a quorum, of which more than f are honest, with
 * Raft any one orderer, who may so replace the orderers and the members of all organisations.
 *
 * <p><b>Facts</b> are about the state after a known block and rest on endorsements, see {@link
 * EndorsedRead}: a block alone does not tell which of its transactions are valid. Absence holds
 * after the block named or a later one; that is absence at that block only for keys that are never
 * deleted.
 *
 * <p><b>Clocks.</b> A block states no time that anybody checks. A header's time is therefore when
 * the client accepted it, which is later than the block; do not judge timeouts of the channel by
 * it. Orderers' certificates are judged at {@code nowSeconds}, endorsers' at the time of the latest
 * accepted block, both under the configuration in force.
 *
 * <p>Reasons of {@code initialize}: {@code malformed}, {@code budget-exceeded}, those of {@link
 * ChannelConfig#ofBlock}, {@code wrong-chain} (block 0, but another genesis). Of {@code verify}:
 * {@code unknown-height} (not initialised), {@code client-frozen}, {@code client-expired}, {@code
 * time-too-old} (before the latest was accepted), {@code malformed}, {@code budget-exceeded},
 * {@code stale-height}, {@code bad-prev} (not the next block), those of {@link OrdererRules} and
 * {@link ChannelConfig#ofBlock}, {@code config-sequence}; ignored with {@code nothing-new}. Of
 * {@code checkMisbehaviour}: the first six, {@code unknown-height} (the parent is not known, or the
 * blocks are not after the configuration in force), {@code not-misbehaviour} (not two blocks of one
 * number and one parent) and those of {@link OrdererRules}. Of {@code membership} and {@code
 * nonMembership}: {@code unknown-height}, {@code client-frozen}, {@code malformed}, {@code
 * budget-exceeded}, {@code wrong-chaincode} (a namespace that the rules do not name) and those of
 * {@link EndorsedRead}. Of {@code recover}: those of {@link RecoveryRules}, {@code unknown-height},
 * {@code wrong-chain} (another channel), {@code value-mismatch} (other rules), {@code
 * stale-height}, {@code budget-exceeded}.
 *
 * <p>Sections: Fabric "Membership Service Provider", "Endorsement policies", "Channel
 * configuration".
 */
final class FabricClient implements LightClient {
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    return Messages.decode(anchor, budget, FabricAnchor::read)
        .then(
            decoded ->
                ChannelConfig.ofBlock(decoded.config(), decoded.rules())
                    .then(
                        config ->
                            decoded.config().header().number() == 0
                                    && !decoded
                                        .config()
                                        .header()
                                        .hash()
                                        .equals(decoded.rules().genesis())
                                ? Verdict.reject(RejectionCode.WRONG_CHAIN, "another genesis")
                                : Verdict.accept(FabricState.initial(decoded, config))));
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decodeUpdate(message, budget)
                    .then(
                        blocks ->
                            FabricState.config(view, budget)
                                .then(
                                    held ->
                                        new BlockCheck(view, state, held, budget, nowSeconds)
                                            .verifyAll(blocks))))
        .then(Verdict::accept);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof BlockCheck.Verified verified)) {
      throw new IllegalArgumentException("not an update of " + FabricFamily.TYPE);
    }
    return FabricState.load(view)
        .orElseThrow(() -> new IllegalStateException("not initialised"))
        .with(view, verified.blocks(), verified.config());
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decode(evidence, budget, FabricEvidence::read)
                    .then(
                        decoded ->
                            FabricState.config(view, budget)
                                .then(
                                    held ->
                                        new ForkCheck(view, held, budget, nowSeconds)
                                            .contradiction(decoded)))
                    .then(proved -> Verdict.accept(state.freeze())));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return claim.value().isEmpty()
        ? usable(view)
            .then(state -> Verdict.reject(RejectionCode.VALUE_MISMATCH, "nothing is claimed"))
        : fact(view, claim, Optional.of(claim.value()), budget);
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return fact(view, new Claim(path, Bytes.EMPTY, proof), Optional.empty(), budget);
  }

  private static Verdict<ProvenFact> fact(
      ClientView view, Claim claim, Optional<Bytes> value, Budget budget) {
    return usable(view)
        .then(
            state ->
                decode(claim, budget)
                    .then(
                        loose ->
                            known(view, loose.path().block())
                                .then(block -> says(view, state, loose, value, budget))
                                .then(
                                    says ->
                                        known(view, loose.path().block())
                                            .then(
                                                block ->
                                                    Verdict.accept(
                                                        new ProvenFact(
                                                            claim.path(),
                                                            claim.value(),
                                                            block.ref(),
                                                            ProvenFact.FINAL))))));
  }

  private static Verdict<Loose> decode(Claim claim, Budget budget) {
    if (claim.path().size() > Claim.MAX_PATH
        || claim.value().size() > Claim.MAX_VALUE
        || claim.proof().size() > Claim.MAX_PROOF) {
      return Verdict.reject(RejectionCode.MALFORMED, "path, value or proof is too large");
    }
    if (!budget.charge(
        Messages.units(claim.path())
            + Messages.units(claim.value())
            + Messages.units(claim.proof()))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(
          new Loose(FabricPath.decode(claim.path()), EndorsedRead.decode(claim.proof())));
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  private static Verdict<HeldConfig> says(
      ClientView view, FabricState state, Loose loose, Optional<Bytes> value, Budget budget) {
    Optional<Namespace> namespace = state.rules().namespace(loose.path().namespace());
    if (namespace.isEmpty()) {
      return Verdict.reject(FabricCode.WRONG_CHAINCODE, loose.path().namespace());
    }
    return loose
        .proof()
        .says(loose.path(), value, state.rules().channel(), namespace.get())
        .then(read -> FabricState.config(view, budget))
        .then(
            held ->
                loose
                    .proof()
                    .endorsed(
                        namespace.get(),
                        new Signers(held.config().members(), state.latest().seconds(), budget))
                    .then(endorsers -> Verdict.accept(held)));
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return FabricState.load(view)
        .map(state -> state.status(nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id if the client is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return FabricState.load(view)
        .map(state -> state.latest().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  /** When the client accepted the block: the block itself states no time. */
  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return known(view, height).then(block -> Verdict.accept(block.seconds()));
  }

  private static Verdict<KnownBlock> known(ClientView view, long number) {
    return FabricState.block(view, number)
        .<Verdict<KnownBlock>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "block " + number));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<FabricState> from = FabricState.load(subject);
    Optional<FabricState> to = FabricState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> mayReplace(from.get(), to.get()))
        .then(
            state ->
                budget.charge(Budget.HASH * 2 * FabricState.WINDOW)
                    ? Verdict.accept(FabricState.replace(subject, from.get(), substitute, to.get()))
                    : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "blocks to move"));
  }

  private static Verdict<FabricState> mayReplace(FabricState from, FabricState to) {
    if (!from.rules().channel().equals(to.rules().channel())
        || !from.rules().genesis().equals(to.rules().genesis())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "another channel");
    }
    if (!from.rules().equals(to.rules())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "a substitute with other rules");
    }
    return to.latest().number() < from.latest().number()
        ? Verdict.reject(RejectionCode.STALE_HEIGHT, "a substitute that is behind")
        : Verdict.accept(to);
  }

  /** Joins blocks in the form that {@link Messages#block} reads. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return Messages.update(rawHeaders);
  }

  private static Verdict<FabricState> trusted(ClientView view, long nowSeconds) {
    return usable(view).then(state -> trusted(state, nowSeconds));
  }

  private static Verdict<FabricState> trusted(FabricState state, long nowSeconds) {
    if (!state.status(nowSeconds).mayVerify()) {
      return Verdict.reject(RejectionCode.CLIENT_EXPIRED, "trust ran out");
    }
    return nowSeconds < state.latest().seconds()
        ? Verdict.reject(RejectionCode.TIME_TOO_OLD, "the clock went back")
        : Verdict.accept(state);
  }

  private static Verdict<FabricState> usable(ClientView view) {
    Optional<FabricState> state = FabricState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  /** A decoded claim. */
  private record Loose(FabricPath path, EndorsedRead proof) {}
}
