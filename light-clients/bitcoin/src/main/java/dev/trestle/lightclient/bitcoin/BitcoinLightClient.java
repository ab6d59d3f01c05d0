package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
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
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Proof-of-work client: follows the headers with the most work and proves transactions by them.
 *
 * <p>A claim's path is a txid in wire order, its value the transaction (a witness is dropped: the
 * txid does not commit to it, so the fact carries the stripped bytes), its proof a {@link
 * TransactionInclusion}. There are no proofs of absence.
 *
 * <p>Reasons of {@code initialize}: {@code malformed}, {@code budget-exceeded}, {@code wrong-chain}
 * (a network that is not known, or another genesis), {@code bad-prev} and {@code high-hash} (the
 * anchor's headers), {@link SignetCode#CHALLENGE_MISSING}, {@link
 * SignetCode#CHALLENGE_NOT_EXPECTED} and {@link SignetCode#CHALLENGE_NOT_SUPPORTED}. Of {@code
 * verify}: {@code client-frozen}, {@code malformed}, {@code trailing-bytes}, {@code
 * budget-exceeded} (also more branches or side headers than are kept), {@code bad-prev} (the parent
 * is not known), {@code reorg-too-deep}, those of {@link HeaderRules} and, where the settings hold
 * a signet's challenge, those of {@link SignetSolution}; ignored with {@code nothing-new}. Of
 * {@code checkMisbehaviour}: the same, and {@code not-misbehaviour}; a frozen client ignores with
 * {@code client-frozen}. Of {@code membership}: {@code client-frozen}, {@code below-minimum-work}
 * (still catching up) and those of {@link TransactionInclusion}. {@code nonMembership} always
 * rejects with {@code not-supported}. Of {@code timestampAt}: {@code unknown-height}. Of {@code
 * recover}: those of {@link dev.trestle.lightclient.RecoveryRules}, {@code wrong-chain}, {@code
 * value-mismatch} (other settings) and {@code budget-exceeded}.
 */
public final class BitcoinLightClient implements LightClient {
  private final Function<String, Optional<ChainParameters>> networks;
  private final boolean challengesAsked;

  /** Of the known networks; a signet only with its challenge. */
  public BitcoinLightClient() {
    this(BitcoinNetworks::byId, true);
  }

  /**
   * A client of networks other than the known ones, for tools and tests with chains of their own.
   * It also takes settings of a signet without a challenge: for files that hold headers alone.
   *
   * @param networks by {@link ChainParameters#id}
   */
  public BitcoinLightClient(Function<String, Optional<ChainParameters>> networks) {
    this(networks, false);
  }

  private BitcoinLightClient(
      Function<String, Optional<ChainParameters>> networks, boolean challengesAsked) {
    this.networks = networks;
    this.challengesAsked = challengesAsked;
  }

  /**
   * @param anchor {@link Anchor} in its canonical bytes
   */
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    Anchor start;
    try {
      start = Anchor.decode(anchor);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    Optional<ChainParameters> network = networks.apply(start.settings().parametersId());
    if (network.isEmpty()) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, start.settings().parametersId());
    }
    return challenge(start.settings(), network.get())
        .then(asked -> AnchorRules.check(start, new HeaderRules(network.get()), budget))
        .then(first -> Verdict.accept(trusting(start.settings(), first)));
  }

  private Verdict<Optional<SignetChallenge>> challenge(
      ClientSettings settings, ChainParameters network) {
    Optional<Bytes> script = settings.signetChallenge();
    boolean signet = network.equals(BitcoinNetworks.BITCOIN_SIGNET);
    if (script.isEmpty()) {
      return signet && challengesAsked
          ? Verdict.reject(SignetCode.CHALLENGE_MISSING, network.id())
          : Verdict.accept(Optional.empty());
    }
    return signet
        ? SignetChallenge.parse(script.get()).then(asked -> Verdict.accept(Optional.of(asked)))
        : Verdict.reject(SignetCode.CHALLENGE_NOT_EXPECTED, network.id());
  }

  /**
   * The state of a client that trusts {@code first} and everything in it as it is, without the
   * checks of an anchor: for tools that judge a header whose ancestors are not at hand.
   */
  public static ClientDelta trusting(ClientSettings settings, StoredHeader first) {
    HeaderStore store = HeaderStore.empty();
    Hash32 id = first.header().id();
    store.putSettings(settings);
    store.putHeader(first);
    store.putBest(first.height(), id);
    store.putTip(new ChainTip(id, first.height(), first.chainWork(), first.height()));
    return store.delta();
  }

  /**
   * Accepts headers in any order in which a parent stands before its child, of one or more
   * branches; headers that are known already are skipped. All or nothing.
   *
   * @param message {@code u32 count} and as many 80-byte headers, at most 2,000; of a signet with a
   *     challenge as many {@link SignetHeader}s, each with its size in front
   */
  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    HeaderStore store = new HeaderStore(view);
    if (store.frozen()) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    HeaderRules rules = rules(store);
    long depth = store.settings().maxReorgDepth();
    HeaderChain chain = new HeaderChain(rules, store, budget, depth);
    Hash32 before = chain.tip().id();
    return feed(store, rules, budget)
        .connect(chain, message, nowSeconds)
        .then(
            added -> {
              if (added == 0) {
                return Verdict.ignore(RejectionCode.NOTHING_NEW, "all headers are known");
              }
              HeaderRef head = head(store);
              return Verdict.accept(new VerifiedHeaders(head, before, store.delta()));
            });
  }

  private static HeaderFeed feed(HeaderStore store, HeaderRules rules, Budget budget) {
    Optional<SignetChallenge> challenge =
        store.settings().signetChallenge().map(script -> SignetChallenge.parse(script).orThrow());
    return new HeaderFeed(rules, challenge, budget);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof VerifiedHeaders verified)) {
      throw new IllegalArgumentException("an update of another family");
    }
    if (!new HeaderStore(view).tip().id().equals(verified.before())) {
      throw new IllegalStateException("the update was verified against another state");
    }
    return verified.delta();
  }

  /**
   * Within its rules a proof-of-work chain cannot misbehave, with one exception: valid headers (a
   * message as for {@link #verify}) of a branch with more work that leaves the best chain deeper
   * than the client may follow. Whatever was proved by the old branch is in doubt then, so it
   * freezes.
   */
  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    HeaderStore store = new HeaderStore(view);
    if (store.frozen()) {
      return Verdict.ignore(RejectionCode.CLIENT_FROZEN, "frozen already");
    }
    HeaderRules rules = rules(store);
    long allowed = store.settings().maxReorgDepth();
    HeaderChain chain = new HeaderChain(rules, store, budget, Long.MAX_VALUE);
    return feed(store, rules, budget)
        .connect(chain, evidence, nowSeconds)
        .then(
            added -> {
              if (chain.deepestReorg() <= allowed) {
                return Verdict.reject(
                    RejectionCode.NOT_MISBEHAVIOUR, "no reorganisation deeper than " + allowed);
              }
              HeaderStore frozen = new HeaderStore(view);
              frozen.freeze(chain.tip().id().bytes());
              return Verdict.accept(frozen.delta());
            });
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    HeaderStore store = new HeaderStore(view);
    if (store.frozen()) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    ChainTip tip = store.tip();
    if (tip.chainWork().compareTo(store.settings().minimumChainWork()) < 0) {
      return Verdict.reject(RejectionCode.BELOW_MINIMUM_WORK, "still catching up");
    }
    return TransactionInclusion.verify(claim, id -> bestHeader(store, id), budget)
        .then(
            proven ->
                Verdict.accept(
                    new ProvenFact(
                        claim.path(),
                        proven.stripped(),
                        reference(proven.block()),
                        tip.height() - proven.block().height() + 1)));
  }

  /** A header of the best chain by its id. */
  private static Optional<StoredHeader> bestHeader(HeaderStore store, Hash32 id) {
    return store.header(id).filter(header -> store.best(header.height()).equals(Optional.of(id)));
  }

  /** Always rejected: nothing in a header commits to what is not in a block. */
  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "proof of work has no proofs of absence");
  }

  /** Trust in proof of work does not run out; EXPIRING tells that the best header is old. */
  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    HeaderStore store = new HeaderStore(view);
    if (store.frozen()) {
      return ClientStatus.FROZEN;
    }
    long limit = rules(store).parameters().staleAfterSeconds();
    boolean stale = limit > 0 && nowSeconds - head(store).timestampSeconds() > limit;
    return stale ? ClientStatus.EXPIRING : ClientStatus.ACTIVE;
  }

  @Override
  public HeaderRef latest(ClientView view) {
    return head(new HeaderStore(view));
  }

  /** Work of the best chain: expected number of hashes since genesis. */
  public BigInteger chainWork(ClientView view) {
    return new HeaderStore(view).tip().chainWork();
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return kept(view, height).then(header -> Verdict.accept(header.header().time()));
  }

  /**
   * Median time of the block at {@code height} and its ten ancestors: the time by which lock times
   * are judged in its child (BIP-113). Rejects heights that are not kept.
   */
  public Verdict<Long> medianTimeAt(ClientView view, long height) {
    return kept(view, height).then(header -> Verdict.accept(header.medianTimePast()));
  }

  private static Verdict<StoredHeader> kept(ClientView view, long height) {
    return new HeaderStore(view)
        .bestHeader(height)
        .map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + height));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(
            healthy ->
                Recovery.recover(new HeaderStore(subject), new HeaderStore(healthy), budget));
  }

  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return HeaderMessage.encode(rawHeaders);
  }

  private HeaderRules rules(HeaderStore store) {
    String id = store.settings().parametersId();
    return new HeaderRules(
        networks.apply(id).orElseThrow(() -> new TrestleException(RejectionCode.WRONG_CHAIN, id)));
  }

  private static HeaderRef head(HeaderStore store) {
    return reference(store.header(store.tip().id()).orElseThrow());
  }

  private static HeaderRef reference(StoredHeader header) {
    return new HeaderRef(header.height(), header.header().id(), header.header().time());
  }

  /** What {@link #verify} found; {@link #apply} takes nothing else. */
  private record VerifiedHeaders(HeaderRef head, Hash32 before, ClientDelta delta)
      implements VerifiedUpdate {}
}
