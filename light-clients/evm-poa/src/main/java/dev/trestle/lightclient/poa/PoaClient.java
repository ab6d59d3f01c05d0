package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
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
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.lightclient.evm.EvmClaims;
import dev.trestle.lightclient.poa.PoaState.Position;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Light client of permissioned EVM chains: QBFT (EEA QBFT specification 1.0), IBFT 2.0 (as
 * Hyperledger Besu has it) and Clique (EIP-225), with proofs below their headers. It follows every
 * header and counts the votes that change the validators; a BFT client may be allowed to skip
 * headers while more than a third of the trusted validators seal.
 *
 * <p><b>Trust.</b> BFT: fewer than a third of the validators in force lie; a block is final at
 * once. Clique: more than half of the signers are honest, and no reorganisation is deeper than the
 * client's depth; a low level of trust, not for much value. Chains whose validators a contract
 * names list none in their headers and are refused. What a genesis file changes at a block
 * ("transitions") no header shows: the client stops there and needs a new anchor. No header names
 * its chain, only its parent: skipping, which does without the parent, takes for this chain's what
 * the same keys seal anywhere. Allow it only where they seal this chain alone.
 *
 * <p><b>Refusals.</b> {@link #initialize}: {@code malformed}, {@code budget-exceeded}, {@code
 * anchor-not-at-epoch}, the codes of {@link BftExtraData#decode}, {@code validators-order}, {@code
 * extra-too-short}. {@link #verify}: {@code client-frozen}, {@code client-expired}, {@code
 * unknown-height} (not initialised), {@code budget-exceeded}, {@code malformed}, {@code
 * time-too-new}, and the codes of {@link PoaCode}. {@link #checkMisbehaviour}: the same, {@code
 * not-misbehaviour}, and {@code not-supported} for Clique. Claims: see {@link EvmClaims}. {@link
 * #recover}: see {@link RecoveryRules}, and {@code wrong-chain}.
 */
final class PoaClient implements LightClient {
  private static final int BYTES_PER_UNIT = 16;

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (!budget.charge(Budget.HASH * (anchor.size() / BYTES_PER_UNIT + 1L))) {
      return exceeded("before decoding");
    }
    try {
      PoaAnchor decoded = PoaAnchor.decode(anchor);
      PoaHeader header = PoaHeader.decode(decoded.header());
      PoaSettings settings = decoded.settings();
      if (!settings.skipping() && !settings.isEpochBlock(header.number())) {
        return Verdict.reject(PoaCode.ANCHOR_NOT_AT_EPOCH, "block " + header.number());
      }
      return start(settings, header).then(position -> Verdict.accept(initial(settings, position)));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  private static ClientDelta initial(PoaSettings settings, Position position) {
    ClientDelta.Builder delta = ClientDelta.builder();
    PoaState.put(key -> Optional.empty(), delta, 0, position.head());
    new PoaState(settings, false, position.head(), 1).save(delta);
    PoaState.savePosition(delta, position);
    return delta.build();
  }

  private static Verdict<Position> start(PoaSettings settings, PoaHeader header) {
    if (settings.consensus().isClique()) {
      List<EvmAddress> signers = CliqueRules.listedSigners(header.extraData());
      return signers.isEmpty()
          ? Verdict.reject(PoaCode.EXTRA_TOO_SHORT, "no signers are listed")
          : ascending(signers)
              .then(set -> Verdict.accept(position(header, header.plainHash(), set)));
    }
    BftExtraData.Dialect dialect = settings.consensus().dialect();
    return BftExtraData.decode(header.extraData(), dialect)
        .then(
            extra ->
                ascending(extra.validators())
                    .then(
                        set ->
                            Verdict.accept(
                                HeaderWalk.after(
                                    settings,
                                    EvmBlock.of(
                                        header.withHash(BftRules.blockHash(header, dialect))),
                                    VoteTally.of(set),
                                    header.beneficiary(),
                                    extra.vote()))));
  }

  private static Position position(PoaHeader header, Hash32 hash, ValidatorSet set) {
    return new Position(
        EvmBlock.of(header.withHash(hash)), VoteTally.of(set), Optional.empty(), List.of());
  }

  private static Verdict<ValidatorSet> ascending(List<EvmAddress> listed) {
    ValidatorSet set = ValidatorSet.of(listed);
    boolean ordered =
        !listed.isEmpty()
            && listed.size() <= BftExtraData.MAX_VALIDATORS
            && listed.equals(List.copyOf(set.members()));
    return ordered
        ? Verdict.accept(set)
        : Verdict.reject(PoaCode.VALIDATORS_ORDER, listed.size() + " validators");
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(state -> verify(view, state, message, budget, nowSeconds));
  }

  private static Verdict<VerifiedUpdate> verify(
      ClientView view, PoaState state, Bytes message, Budget budget, long nowSeconds) {
    long size = (long) message.size() + PoaState.positionSize(view);
    if (!budget.charge(Budget.HASH * (size / BYTES_PER_UNIT + 1))) {
      return exceeded("before decoding");
    }
    try {
      HeaderWalk walk = new HeaderWalk(state.settings(), budget, nowSeconds);
      return taken(walk, state.settings(), PoaState.position(view), PoaMessage.decode(message));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  /**
   * Of BFT takes everything, of Clique what is buried deep enough. Which that is shows at the end,
   * and then the way there is walked again: to keep every position would be to keep the open votes
   * of an epoch as often as there are headers.
   */
  private static Verdict<VerifiedUpdate> taken(
      HeaderWalk walk, PoaSettings settings, Position from, PoaMessage message) {
    return walked(walk, settings, from, message.headers())
        .then(
            all -> {
              int count = all.deepEnough();
              if (count == 0) {
                return Verdict.reject(PoaCode.NOT_DEEP_ENOUGH, all.blocks().size() + " headers");
              }
              return count == all.blocks().size()
                  ? Verdict.accept(all)
                  : walked(walk, settings, from, message.headers().subList(0, count))
                      .then(Verdict::accept);
            });
  }

  private static Verdict<Walked> walked(
      HeaderWalk walk, PoaSettings settings, Position from, List<Bytes> headers) {
    List<EvmBlock> blocks = new ArrayList<>();
    int deepEnough = 0;
    List<Integer> needed = new ArrayList<>();
    Position at = from;
    for (Bytes rlp : headers) {
      Verdict<Position> next = walk.next(at, rlp);
      if (!(next instanceof Verdict.Accepted<Position>(Position reached))) {
        return next.then(ignored -> Verdict.reject(PoaCode.NOT_A_CHILD, "not reached"));
      }
      at = reached;
      blocks.add(at.head());
      needed.add(needed(settings, at));
    }
    for (int i = 0; i < needed.size(); i++) {
      if (needed.size() - 1 - i >= needed.get(i)) {
        deepEnough = i + 1;
      }
    }
    return Verdict.accept(new Walked(blocks, at, deepEnough));
  }

  /** Headers that must stand on top. */
  private static int needed(PoaSettings settings, Position position) {
    return settings.consensus().isClique()
        ? Math.max(settings.depth(), position.tally().validators().size())
        : 0;
  }

  /**
   * Headers that passed.
   *
   * @param position after the last one
   * @param deepEnough how many of them are buried under enough of the others
   */
  private record Walked(List<EvmBlock> blocks, Position position, int deepEnough)
      implements VerifiedUpdate {
    Walked {
      blocks = List.copyOf(blocks);
    }

    @Override
    public HeaderRef head() {
      return position.head().ref();
    }
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof Walked walked)) {
      throw new IllegalArgumentException("not an update of " + PoaFamily.TYPE);
    }
    PoaState state =
        PoaState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    return state.with(view, walked.position(), walked.blocks());
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(state -> Equivocation.check(view, state, evidence, budget));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view).then(state -> claims(view).membership(claim, budget, confirmations(state)));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(state -> claims(view).nonMembership(path, proof, budget, confirmations(state)));
  }

  /** Ancestors in a proof come in the form that is hashed: without seals and round. */
  private static EvmClaims claims(ClientView view) {
    return new EvmClaims(number -> PoaState.block(view, number), PoaClient::hashed);
  }

  private static EvmHeader hashed(Bytes rlp) {
    PoaHeader header = PoaHeader.decode(rlp);
    return header.withHash(header.plainHash());
  }

  private static LongFunction<Long> confirmations(PoaState state) {
    PoaSettings settings = state.settings();
    return settings.consensus().isClique()
        ? number -> state.head().number() - number + 1 + settings.depth()
        : number -> ProvenFact.FINAL;
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return PoaState.load(view).map(state -> state.status(nowSeconds)).orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id for a client that is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return PoaState.load(view)
        .map(state -> state.head().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return PoaState.block(view, height)
        .<Verdict<Long>>map(block -> Verdict.accept(block.timestamp()))
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
    Optional<PoaState> from = PoaState.load(subject);
    Optional<PoaState> to = PoaState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "a client that is not initialised");
    }
    if (!from.get().settings().equals(to.get().settings())) {
      return Verdict.reject(
          RejectionCode.WRONG_CHAIN, "a substitute of " + to.get().settings().chain());
    }
    long blocks =
        Math.min(from.get().accepted(), PoaState.WINDOW)
            + Math.min(to.get().accepted(), PoaState.WINDOW);
    long units = 2 * (blocks + 1) + PoaState.positionSize(substitute) / BYTES_PER_UNIT;
    if (!budget.charge(Budget.HASH * units)) {
      return exceeded("before copying " + blocks + " blocks");
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    PoaState.replaceBlocks(delta, subject, substitute);
    to.get().save(delta);
    PoaState.savePosition(delta, PoaState.position(substitute));
    return Verdict.accept(delta.build());
  }

  /**
   * @throws IllegalArgumentException on no header or more than {@link PoaMessage#MAX_HEADERS}
   */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return new PoaMessage(rawHeaders).encode();
  }

  private static Verdict<PoaState> usable(ClientView view) {
    Optional<PoaState> state = PoaState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  private static Verdict<PoaState> working(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
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
