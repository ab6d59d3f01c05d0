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
 * ("transitions") no header shows: the client stops there and needs a new anchor.
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
    new PoaState(settings, false, position, 1).save(delta);
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
    long units = Budget.HASH * ((message.size() + PoaState.recordSize(view)) / BYTES_PER_UNIT + 1);
    if (!budget.charge(units)) {
      return exceeded("before decoding");
    }
    try {
      HeaderWalk walk = new HeaderWalk(state.settings(), budget, nowSeconds);
      List<Position> positions = new ArrayList<>();
      Position at = state.position();
      for (Bytes rlp : PoaMessage.decode(message).headers()) {
        Verdict<Position> next = walk.next(at, rlp);
        if (!(next instanceof Verdict.Accepted<Position>(Position reached))) {
          return next.then(ignored -> Verdict.reject(PoaCode.NOT_A_CHILD, "not reached"));
        }
        positions.add(reached);
        at = reached;
      }
      return finished(state.settings(), positions);
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  /** Of Clique only what is buried deep enough; of BFT everything. */
  private static Verdict<VerifiedUpdate> finished(PoaSettings settings, List<Position> positions) {
    int last = positions.size() - 1;
    while (last >= 0 && positions.size() - 1 - last < needed(settings, positions.get(last))) {
      last--;
    }
    return last < 0
        ? Verdict.reject(PoaCode.NOT_DEEP_ENOUGH, positions.size() + " headers")
        : Verdict.accept(new Walked(positions.subList(0, last + 1)));
  }

  /** Headers that must stand on top. */
  private static int needed(PoaSettings settings, Position position) {
    return settings.consensus().isClique()
        ? Math.max(settings.depth(), position.tally().validators().size())
        : 0;
  }

  /** Headers that passed, as the positions after each. */
  private record Walked(List<Position> positions) implements VerifiedUpdate {
    Walked {
      positions = List.copyOf(positions);
    }

    @Override
    public HeaderRef head() {
      return positions.getLast().head().ref();
    }
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof Walked walked)) {
      throw new IllegalArgumentException("not an update of " + PoaFamily.TYPE);
    }
    PoaState state =
        PoaState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    return state.with(
        view,
        walked.positions().getLast(),
        walked.positions().stream().map(Position::head).toList());
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
    if (!budget.charge(2 * Budget.HASH * (blocks + 1))) {
      return exceeded("before copying " + blocks + " blocks");
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    PoaState.replaceBlocks(delta, subject, substitute);
    to.get().save(delta);
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
