package dev.trestle.lightclient.trestle;

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
import dev.trestle.relay.verifier.RelayChainClient;
import dev.trestle.relay.verifier.RelayChainClient.Era;
import dev.trestle.relay.verifier.VerifiedBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Light client of another hub's relay chain, after {@code relay-chain/docs/wire-format.md}: a block
 * is believed when more than two thirds of its era's validators have committed to it, and the last
 * block of an era names the validators of the next. Blocks are final at once; a block below a known
 * one is shown by the history root, whoever certified it.
 *
 * <p><b>Trust.</b> Fewer than a third of the validators in force lie, from the anchor on, and none
 * sells its key within the trusting period. The client freezes on proof that they forked.
 *
 * <p><b>Refusals.</b> {@link #initialize}: {@code budget-exceeded}, {@code malformed}, and the
 * codes of {@link RelayChainClient#verify}. {@link #verify}: {@code unknown-height} (not
 * initialised), {@code client-frozen}, {@code client-expired}, {@code budget-exceeded}, {@code
 * malformed}; for a block {@code malformed}, {@code wrong-relay-chain}, {@code unknown-era} (height
 * or epoch outside the era in force), {@code wrong-validators}, {@code other-block}, {@code
 * bits-beyond-set}, {@code bad-signature}, {@code quorum-low}, {@code no-hand-over}; {@code
 * nothing-new}, {@code stale-height}, {@code time-too-old} (not after a lower block), {@code
 * time-too-new}, {@code epoch-backwards}, {@code hand-over-missing}. {@link #checkMisbehaviour}:
 * the same codes of blocks, and {@code not-misbehaviour}. Claims: {@code malformed}, {@code
 * unknown-height}, {@code not-older} and {@code proof-invalid} (history, outbox or state), {@code
 * other-height}, {@code not-supported} for the absence of a packet. {@link #recover}: see {@link
 * RecoveryRules}, and {@code wrong-chain}.
 */
final class TrestleClient implements LightClient {
  private static final int BYTES_PER_UNIT = 32;

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (!budget.charge(Budget.HASH * (anchor.size() / BYTES_PER_UNIT + 1L))) {
      return exceeded("before decoding");
    }
    try {
      TrestleAnchor decoded = TrestleAnchor.decode(anchor);
      CertifiedHeader block = decoded.block();
      if (!budget.charge(block.units())) {
        return exceeded("before the signatures");
      }
      return RelayChainClient.trusting(decoded.settings().chainId(), decoded.era())
          .then(client -> client.verify(block.header(), block.certificate()))
          .then(head -> Verdict.accept(initial(decoded, head)));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  private static ClientDelta initial(TrestleAnchor anchor, VerifiedBlock head) {
    TrestleState empty =
        new TrestleState(
            anchor.settings(), false, 0, head.height(), anchor.era(), Optional.empty());
    return empty.with(
        key -> Optional.empty(),
        List.of(anchor.block().header()),
        head.height(),
        anchor.era(),
        Optional.empty());
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(state -> verify(view, state, message, budget, nowSeconds));
  }

  private static Verdict<VerifiedUpdate> verify(
      ClientView view, TrestleState state, Bytes message, Budget budget, long nowSeconds) {
    long units = (message.size() + TrestleState.recordSize(view)) / BYTES_PER_UNIT + 1;
    if (!budget.charge(Budget.HASH * units)) {
      return exceeded("before decoding");
    }
    try {
      Verdict<Walked> at = Verdict.accept(new Walked(state, state.head(view)));
      for (TrestleUpdate.Step step : TrestleUpdate.decode(message).steps()) {
        if (!budget.charge(step.units())) {
          return exceeded("before the signatures");
        }
        at = at.then(walked -> next(view, walked, step, nowSeconds));
      }
      return at.then(Verdict::accept);
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  private static Verdict<Walked> next(
      ClientView view, Walked at, TrestleUpdate.Step step, long nowSeconds) {
    CertifiedHeader header = step.block();
    return RelayChainClient.trusting(at.state().settings().chainId(), at.era())
        .then(
            client ->
                client
                    .verify(header.header(), header.certificate())
                    .then(block -> follows(view, at, block, nowSeconds))
                    .then(
                        block ->
                            era(client, block, step)
                                .then(
                                    era -> Verdict.accept(at.with(header.header(), block, era)))));
  }

  /** The era in charge after the block. */
  private static Verdict<Era> era(
      RelayChainClient client, VerifiedBlock block, TrestleUpdate.Step step) {
    if (step.next().isPresent()) {
      return client
          .handOver(step.block().header(), step.block().certificate(), step.next().get())
          .then(changed -> Verdict.accept(changed.current()));
    }
    return block.endsEra()
        ? Verdict.reject(TrestleCode.HAND_OVER_MISSING, block + " ends its era")
        : Verdict.accept(client.current());
  }

  private static Verdict<VerifiedBlock> follows(
      ClientView view, Walked at, VerifiedBlock block, long nowSeconds) {
    VerifiedBlock head = at.block();
    if (block.height() <= head.height()) {
      boolean known =
          at.state().block(view, block.height()).filter(b -> b.id().equals(block.id())).isPresent();
      return known && at.headers().isEmpty()
          ? Verdict.ignore(RejectionCode.NOTHING_NEW, block + " is known")
          : Verdict.reject(RejectionCode.STALE_HEIGHT, block + " after " + head);
    }
    if (block.timeMs() <= head.timeMs()) {
      return Verdict.reject(RejectionCode.TIME_TOO_OLD, block + " is not after " + head);
    }
    if (block.timeMs() / 1_000 - at.state().settings().maxDriftSeconds() > nowSeconds) {
      return Verdict.reject(RejectionCode.TIME_TOO_NEW, block + " is from the future");
    }
    return block.epoch() < head.epoch()
        ? Verdict.reject(TrestleCode.EPOCH_BACKWARDS, block + " after " + head)
        : Verdict.accept(block);
  }

  /**
   * How far an update has come.
   *
   * @param state before the update
   * @param headers that it adds, ascending
   * @param block the newest
   * @param era in charge of the next block
   * @param before the era before it
   */
  private record Walked(
      TrestleState state, List<Bytes> headers, VerifiedBlock block, Era era, Optional<Era> before)
      implements VerifiedUpdate {
    Walked {
      headers = List.copyOf(headers);
    }

    Walked(TrestleState state, VerifiedBlock head) {
      this(state, List.of(), head, state.era(), state.before());
    }

    Walked with(Bytes header, VerifiedBlock next, Era following) {
      List<Bytes> all = new ArrayList<>(headers);
      all.add(header);
      return new Walked(
          state, all, next, following, following.equals(era) ? before : Optional.of(era));
    }

    @Override
    public HeaderRef head() {
      return TrestleState.ref(block);
    }
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof Walked walked)) {
      throw new IllegalArgumentException("not an update of " + TrestleFamily.TYPE);
    }
    return walked
        .state()
        .with(view, walked.headers(), walked.block().height(), walked.era(), walked.before());
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(state -> ForkEvidence.check(view, state, evidence, budget, nowSeconds));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view).then(state -> new TrestleClaims(view, state).membership(claim, budget));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(state -> new TrestleClaims(view, state).nonMembership(path, proof, budget));
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return TrestleState.load(view)
        .map(state -> state.status(view, nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id for a client that is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return TrestleState.load(view)
        .map(state -> TrestleState.ref(state.head(view)))
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return TrestleState.load(view)
        .flatMap(state -> state.block(view, height))
        .<Verdict<Long>>map(block -> Verdict.accept(block.timeMs() / 1_000))
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + height));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> recover(subject, healthy, budget));
  }

  private static Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget) {
    Optional<TrestleState> from = TrestleState.load(subject);
    Optional<TrestleState> to = TrestleState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "a client that is not initialised");
    }
    if (!from.get().settings().equals(to.get().settings())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "a substitute with other settings");
    }
    long blocks =
        Math.min(from.get().accepted(), TrestleState.WINDOW)
            + Math.min(to.get().accepted(), TrestleState.WINDOW);
    if (!budget.charge(8 * Budget.HASH * (blocks + 1))) {
      return exceeded("before copying " + blocks + " headers");
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    TrestleState.replaceBlocks(delta, subject, substitute);
    to.get().save(delta);
    return Verdict.accept(delta.build());
  }

  /**
   * @param rawHeaders each a {@link TrestleUpdate.Step} as its canonical bytes
   * @throws IllegalArgumentException on no step or more than {@link TrestleUpdate#MAX_STEPS}
   */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    if (rawHeaders.isEmpty() || rawHeaders.size() > TrestleUpdate.MAX_STEPS) {
      throw new IllegalArgumentException("an update of " + rawHeaders.size() + " blocks");
    }
    return TrestleUpdate.join(rawHeaders);
  }

  private static Verdict<TrestleState> usable(ClientView view) {
    Optional<TrestleState> state = TrestleState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  private static Verdict<TrestleState> working(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(view, nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "no header for too long"));
  }

  private static <T> Verdict<T> exceeded(String what) {
    return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, what);
  }

  private static <T> Verdict<T> malformed(DecodeException e) {
    return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
  }
}
