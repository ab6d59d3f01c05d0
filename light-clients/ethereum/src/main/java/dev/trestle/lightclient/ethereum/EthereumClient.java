package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.BlsKeySet;
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
import dev.trestle.lightclient.ethereum.UpdateCheck.Verified;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.lightclient.evm.EvmClaims;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.List;
import java.util.Optional;

/**
 * The sync-committee light client (consensus-specs {@code specs/FORK/light-client}, Altair to
 * Gloas) with proofs below the execution blocks that it holds final. Height and id are those of the
 * execution block; before Capella, slot and root of the beacon block.
 *
 * <p><b>Trust.</b> Sync committees are 512 random validators and are not slashed for what they
 * sign: two thirds of one committee can lie. The anchor must be inside of the weak-subjectivity
 * period and come from two independent sources. The client expires when it has seen nothing become
 * final for its trusting period, and freezes on two final blocks that contradict each other.
 *
 * <p><b>Refusals.</b> {@link #initialize}: {@code malformed}, {@code budget-exceeded}, {@code
 * bootstrap-header}, {@code trusted-root}, {@code current-committee-branch}, {@code
 * current-committee-keys}, {@code execution-header}. {@link #verify}: {@code client-frozen}, {@code
 * client-expired}, {@code unknown-height} (not initialised), {@code budget-exceeded}, {@code
 * malformed}, every code of {@link SyncCode} from {@code participants} on, and {@code nothing-new}
 * for what is known. {@link #checkMisbehaviour}: the same, and {@code not-misbehaviour}. Claims:
 * see {@link EvmClaims}. {@link #recover}: see {@link RecoveryRules}, and {@code wrong-chain}.
 *
 * <p>Sections: altair/light-client/sync-protocol.md and light-client.md; EIP-1186 for proofs.
 */
final class EthereumClient implements LightClient {
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (!UpdateCheck.charge(budget, anchor)) {
      return UpdateCheck.exceeded("before decoding");
    }
    try {
      return initialize(EthereumAnchor.decode(anchor), budget);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Verdict<ClientDelta> initialize(EthereumAnchor anchor, Budget budget) {
    EthereumAnchor.Settings settings = anchor.settings();
    BeaconNetwork network = settings.network();
    LightClientBootstrap bootstrap =
        LightClientBootstrap.decode(anchor.bootstrap(), anchor.container(), network.preset());
    return new SyncProtocol(network, settings.profile())
        .bootstrap(anchor.trustedRoot(), bootstrap)
        .then(
            store ->
                ExecutionBinding.bind(network, bootstrap.header(), anchor.executionHeader())
                    .then(
                        block ->
                            UpdateCheck.validated(
                                    bootstrap.committee(),
                                    settings.profile(),
                                    budget,
                                    SyncCode.CURRENT_COMMITTEE_KEYS)
                                .then(
                                    keys -> Verdict.accept(start(settings, store, block, keys)))));
  }

  private static ClientDelta start(
      EthereumAnchor.Settings settings, LightClientStore store, FinalBlock block, BlsKeySet keys) {
    ClientDelta.Builder delta = ClientDelta.builder();
    FinalRing.add(key -> Optional.empty(), delta, 0, block);
    EthereumState.putKeys(delta, store.currentCommittee(), keys);
    new EthereumState(settings, false, store, 1, block).save(delta);
    return delta.build();
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(state -> UpdateCheck.verify(view, state, message, budget, nowSeconds));
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof Verified verified)) {
      throw new IllegalArgumentException("not an update of " + EthereumFamily.TYPE);
    }
    EthereumState state =
        EthereumState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    ClientDelta.Builder delta = ClientDelta.builder();
    List<Hash32> kept = UpdateCheck.roots(verified.store());
    UpdateCheck.roots(state.store()).stream()
        .filter(root -> !kept.contains(root))
        .forEach(root -> EthereumState.deleteKeys(delta, root));
    verified
        .newKeys()
        .ifPresent(keys -> EthereumState.putKeys(delta, keys.committee(), keys.keys()));
    verified.newBlock().ifPresent(block -> FinalRing.add(view, delta, state.accepted(), block));
    new EthereumState(
            state.settings(),
            state.frozen(),
            verified.store(),
            state.accepted() + (verified.newBlock().isPresent() ? 1 : 0),
            verified.newBlock().orElse(state.latest()))
        .save(delta);
    return delta.build();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(state -> Misbehaviour.check(view, state, evidence, budget, nowSeconds));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view)
        .then(state -> claims(view).membership(claim, budget, EthereumClient::confirmations));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(
            state ->
                claims(view).nonMembership(path, proof, budget, EthereumClient::confirmations));
  }

  /** Every block that the client knows is final, and so are the ancestors of one. */
  private static long confirmations(long number) {
    return ProvenFact.FINAL;
  }

  private static EvmClaims claims(ClientView view) {
    return new EvmClaims(number -> block(view, number), EvmHeader::decode);
  }

  private static Optional<EvmBlock> block(ClientView view, long number) {
    return FinalRing.atNumber(view, number).flatMap(FinalBlock::execution);
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return EthereumState.load(view)
        .map(state -> state.status(nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id for a client that is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return EthereumState.load(view)
        .map(state -> state.latest().ref(state.network()))
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return block(view, height)
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
    Optional<EthereumState> from = EthereumState.load(subject);
    Optional<EthereumState> to = EthereumState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "a client that is not initialised");
    }
    if (!from.get().settings().equals(to.get().settings())) {
      return Verdict.reject(
          RejectionCode.WRONG_CHAIN, "a substitute of " + to.get().settings().chain());
    }
    long blocks =
        Math.min(from.get().accepted(), EthereumState.WINDOW)
            + Math.min(to.get().accepted(), EthereumState.WINDOW);
    if (!budget.charge(2 * Budget.HASH * (blocks + 1))) {
      return UpdateCheck.exceeded("before copying " + blocks + " blocks");
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    FinalRing.replace(delta, subject, substitute);
    UpdateCheck.roots(from.get().store()).forEach(root -> EthereumState.deleteKeys(delta, root));
    UpdateCheck.roots(to.get().store())
        .forEach(root -> EthereumState.putKeys(delta, root, EthereumState.keys(substitute, root)));
    to.get().save(delta);
    return Verdict.accept(delta.build());
  }

  /** Passes on the one message that the adapter made: an object of the Beacon API is whole. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    if (rawHeaders.size() != 1) {
      throw new IllegalArgumentException("one message, not " + rawHeaders.size());
    }
    return rawHeaders.getFirst();
  }

  private static Verdict<EthereumState> usable(ClientView view) {
    Optional<EthereumState> state = EthereumState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  private static Verdict<EthereumState> working(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "nothing final for too long"));
  }
}
