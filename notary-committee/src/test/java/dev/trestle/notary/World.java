package dev.trestle.notary;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.attested.AttestedAnchor;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.proofs.evm.EvmLog;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Four members, each with its own node of one EVM chain, and a relay chain that behaves as the test
 * tells it. Light client and custody rules are the real ones.
 */
class World implements CommitteeLedger {
  static final Hash32 HUB = Digests.sha256(Bytes.utf8("hub"));
  static final ChainId EVM = ChainId.parse("eip155:31337");
  static final ChainId HOME = BitcoinNetworks.BITCOIN_REGTEST.chain();
  static final AssetId ASSET = AssetId.nativeCoin(HOME, 1);
  static final Bytes BRIDGE = Bytes.fromHex("00000000000000000000000000000000000b41d6");
  static final Bytes RECIPIENT = Bytes.fromHex("0014751e76e8199196d454941c45d1b3a323f1433bd6");
  static final Lane LANE =
      new Lane(HOME, Bytes.utf8("custody"), EVM, BRIDGE, Lane.Ordering.UNORDERED);
  static final Hash32 ROUTE = Digests.sha256(Bytes.utf8("route"));
  static final Amount BURNED = Amount.of(50_000);
  static final long FEE_RATE = 5;
  static final long STRIDE = 10;
  static final LightClientFamily ATTESTED = new AttestedEvmFamily();
  static final LightClientFamily BITCOIN = new BitcoinFamily();
  static final CustodyRules RULES = BITCOIN.custody().orElseThrow();
  static final SigningPolicy POLICY = new SigningPolicy(Amount.of(1_000_000), 100);

  final List<MemberKeys> keys =
      IntStream.range(0, 4)
          .mapToObj(i -> MemberKeys.fromSeed(Digests.sha256(Bytes.utf8("seed " + i)).bytes()))
          .toList();
  final TreeMap<Bytes, Bytes> client = new TreeMap<>();
  final TreeMap<Long, TreeMap<Integer, EcdsaSignature>> attestations = new TreeMap<>();
  final Map<Integer, Map<Long, Hash32>> recorded = new TreeMap<>();
  final List<PlannedRelease> releases = new ArrayList<>();
  final List<RouteFee> fees = new ArrayList<>(List.of(new RouteFee(ROUTE, ASSET, FEE_RATE)));
  final TreeMap<Integer, List<SchnorrSignature>> signatures = new TreeMap<>();
  Supply supply =
      new Supply(
          Amount.of(200_000),
          Amount.of(50_000),
          Amount.of(100_000),
          BURNED,
          Amount.ZERO,
          Amount.of(201_000),
          Amount.of(50_000),
          Amount.of(100_000));
  boolean paused;
  boolean chainPaused;
  boolean homePaused;

  World() {
    AttestedAnchor anchor =
        new AttestedAnchor(
            HUB,
            EVM,
            1,
            keys.stream().map(each -> each.attestation().publicKey()).toList(),
            3,
            1,
            FakeEvm.time(0),
            1_000_000);
    apply(ATTESTED.client().initialize(anchor.encode(), budget()).orThrow());
  }

  static Budget budget() {
    return new Budget(1_000_000);
  }

  void apply(ClientDelta delta) {
    delta
        .writes()
        .forEach(
            (key, value) ->
                value.ifPresentOrElse(set -> client.put(key, set), () -> client.remove(key)));
  }

  ClientView view() {
    return key -> Optional.ofNullable(client.get(key));
  }

  CommitteeMember member(int number, FakeEvm node, EquivocationGuard guard) {
    return member(number, () -> Optional.of(node), guard);
  }

  /**
   * @param node asked at every use: the member's node may come later
   */
  CommitteeMember member(
      int number, Supplier<Optional<ChainAdapter>> node, EquivocationGuard guard) {
    return new CommitteeMember(
        this,
        keys.get(number),
        guard,
        chain -> chain.equals(EVM) ? node.get() : Optional.empty(),
        Map.of(AttestedEvmFamily.TYPE, ATTESTED, BITCOIN.type(), BITCOIN),
        POLICY,
        new SecureRandom());
  }

  EquivocationGuard newGuard(Path folder, int member) {
    Path file = folder.resolve("guard-" + member);
    Hash32 key = keys.get(member).custody().publicKey().xOnly();
    EquivocationGuard.create(file, HUB, key);
    return EquivocationGuard.open(file, HUB, key);
  }

  EquivocationGuard reopen(Path folder, int member) {
    return EquivocationGuard.open(
        folder.resolve("guard-" + member), HUB, keys.get(member).custody().publicKey().xOnly());
  }

  static EvmLog burn(long sequence, Amount amount, Bytes recipient) {
    Bytes padding = Bytes.wrap(new byte[(32 - recipient.size() % 32) % 32]);
    Bytes data =
        new CanonicalWriter()
            .fixed(Bytes.wrap(new byte[32]))
            .amount(amount)
            .amount(Amount.of(96))
            .amount(Amount.of(recipient.size()))
            .fixed(recipient)
            .fixed(padding)
            .toBytes();
    return new EvmLog(
        BRIDGE,
        List.of(
            BridgeMessages.TRANSFER_SENT,
            LANE.reverse().hash(),
            new Hash32(new CanonicalWriter().amount(Amount.of(sequence)).toBytes()),
            TransferPayload.assetId(ASSET)),
        data);
  }

  static EvmLog received(Hash32 packetId, boolean success) {
    return new EvmLog(
        BRIDGE,
        List.of(BridgeMessages.PACKET_RECEIVED, packetId),
        new CanonicalWriter().amount(Amount.of(success ? 1 : 0)).toBytes());
  }

  /** A burn that is final in a node's view. */
  static SourceEvent burnFinally(FakeEvm node, long sequence) {
    SourceEvent event = node.emit(burn(sequence, BURNED, RECIPIENT));
    node.mine(3);
    return event;
  }

  CustodyRules.Coin coin(String name, long amount) {
    return new CustodyRules.Coin(
        Digests.sha256(Bytes.utf8(name)),
        0,
        Amount.of(amount),
        RULES.restingLock(HOME, committee()));
  }

  /** A coin that its depositor can take back after a delay. */
  CustodyRules.Coin deposit(String name, long amount) {
    CustodyRules.DepositTerms terms =
        new CustodyRules.DepositTerms(
            Digests.sha256(Bytes.utf8("transfer " + name)),
            keys.getFirst().custody().publicKey().xOnly(),
            144);
    return new CustodyRules.Coin(
        Digests.sha256(Bytes.utf8(name)),
        0,
        Amount.of(amount),
        RULES.depositLock(HOME, committee(), terms).orThrow());
  }

  /** A release as an honest relay chain plans it. */
  PlannedRelease withdrawal(long sequence, CustodyRules.Coin... coins) {
    return withdrawal(sequence, 0, coins);
  }

  /**
   * @param further what the reserve pays of it
   */
  PlannedRelease withdrawal(long sequence, long further, CustodyRules.Coin... coins) {
    return planned(
        new Reason.Withdrawal(),
        OwnView.cause(LANE.reverse().hash(), sequence),
        RECIPIENT,
        BURNED,
        further,
        List.of(coins));
  }

  PlannedRelease planned(
      Reason reason, Hash32 cause, Bytes script, Amount amount, List<CustodyRules.Coin> coins) {
    return planned(reason, cause, script, amount, 0, coins);
  }

  private PlannedRelease planned(
      Reason reason,
      Hash32 cause,
      Bytes script,
      Amount amount,
      long further,
      List<CustodyRules.Coin> coins) {
    Amount paid = new Amount(amount.value().add(BigInteger.valueOf(further)));
    Hash32 id = Digests.sha256(Bytes.utf8(reason.getClass().getSimpleName()), cause.bytes());
    CustodyRules.ReleasePlan plan =
        RULES
            .plan(HOME, committee(), coins, new CustodyRules.Payout(id, script, paid), FEE_RATE)
            .orThrow();
    return new PlannedRelease(
        id,
        ROUTE,
        ASSET,
        BITCOIN.type(),
        AttestedEvmFamily.TYPE,
        LANE,
        reason,
        script,
        amount,
        cause,
        FEE_RATE,
        plan,
        false);
  }

  /** One run of a member with only this release; the code of its note. */
  String outcome(CommitteeMember member, PlannedRelease release) {
    releases.clear();
    releases.add(release);
    return member.run().stream()
        .filter(note -> note.subject().startsWith("release"))
        .map(CommitteeMember.Note::code)
        .findFirst()
        .orElse("none");
  }

  @Override
  public Hash32 hubId() {
    return HUB;
  }

  @Override
  public CustodyRules.Committee committee() {
    return new CustodyRules.Committee(
        1, keys.stream().map(each -> each.custody().publicKey().xOnly()).toList(), 3);
  }

  @Override
  public List<AttestedChain> attestedChains() {
    return List.of(new AttestedChain(EVM, AttestedEvmFamily.TYPE, BRIDGE, view(), 1, STRIDE));
  }

  @Override
  public Optional<Hash32> ownAttestation(ChainId chain, long height, int member) {
    return Optional.ofNullable(recorded.getOrDefault(member, Map.of()).get(height));
  }

  @Override
  public List<PlannedRelease> plannedReleases() {
    return releases;
  }

  @Override
  public List<RouteFee> routeFees() {
    return fees;
  }

  @Override
  public Supply supply(Hash32 routeId) {
    return supply;
  }

  @Override
  public boolean isPaused(Hash32 routeId) {
    return paused;
  }

  @Override
  public boolean isPaused(ChainId chain) {
    return chain.equals(HOME) ? homePaused : chainPaused;
  }

  /** As the ledger does: collects, and updates the client when there are enough. */
  @Override
  public void submitAttestation(ChainId chain, Bytes header, int member, EcdsaSignature signature) {
    var target = ATTESTED.attestations().orElseThrow().target(view(), header).orThrow().header();
    recorded.computeIfAbsent(member, at -> new TreeMap<>()).put(target.height(), target.id());
    TreeMap<Integer, EcdsaSignature> collected =
        attestations.computeIfAbsent(target.height(), at -> new TreeMap<>());
    collected.put(member, signature);
    if (ATTESTED.attestations().orElseThrow().compose(view(), header, collected)
        instanceof Verdict.Accepted<Bytes>(Bytes message)) {
      apply(
          ATTESTED
              .client()
              .apply(
                  view(),
                  ATTESTED.client().verify(view(), message, budget(), FakeEvm.time(0)).orThrow()));
    }
  }

  @Override
  public void submitSignatures(Hash32 releaseId, int member, List<SchnorrSignature> signed) {
    signatures.put(member, signed);
  }
}
