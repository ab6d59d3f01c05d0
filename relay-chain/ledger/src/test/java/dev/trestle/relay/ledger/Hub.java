package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.fake.FakeFamily;
import dev.trestle.relay.ledger.fake.FakeMessages;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A relay chain of one process with a home chain, a destination and all the keys. */
final class Hub {
  static final Bytes CONTRACT = Bytes.fromHex("00112233445566778899aabbccddeeff00112233");
  static final ChainLimits LIMITS =
      new ChainLimits(Amount.of(1_000_000_000), Amount.of(1_000_000_000), 3_600_000);
  static final int REFUND_DELAY = 40;
  static final int EPOCH_BLOCKS = 10;
  static final long DELAY_MILLIS = 3_600_000;

  final List<SecretKey> governance = keys("governance", 4);
  final List<SecretKey> validators = keys("validator", 4);
  final List<SecretKey> attestKeys = keys("attest", 4);
  final List<SecretKey> custodyKeys = keys("custody", 4);
  final SecretKey user = SecretKey.derive(Bytes.utf8("test"), "user");
  final SecretKey refund = SecretKey.derive(Bytes.utf8("test"), "refund");
  final FakeChain home = new FakeChain("bip122:fake");
  final FakeChain far = new FakeChain("eip155:99");
  final AssetId asset = AssetId.nativeCoin(home.id(), 0);
  final Genesis genesis;
  final Ledger ledger;

  /** Another replica, with nothing in memory: it must come to the same at every block (I10). */
  private final Ledger replica;

  /** Keeps every answer that was found before, however cheap, and counts those that are used. */
  static final class Counting extends Binding {
    int used;

    /** A bug for a test: answers are used whatever stands there now. */
    boolean forgetsState;

    @Override
    boolean holds(Answer<?> answer, ClientView view) {
      boolean holds = forgetsState || super.holds(answer, view);
      used += holds ? 1 : 0;
      return holds;
    }

    @Override
    boolean isWorthKeeping(Question<?> question, long units) {
      return true;
    }
  }

  /** What is run once and not twice, to save the tests the time. */
  private static final Set<Class<? extends TransactionBody>> ASK_NOTHING =
      Set.of(
          TransactionBody.RegisterChain.class,
          TransactionBody.RegisterRoute.class,
          TransactionBody.OpenTransfer.class,
          TransactionBody.PlanSweep.class,
          TransactionBody.ClaimRefund.class,
          TransactionBody.Propose.class,
          TransactionBody.Vote.class,
          TransactionBody.ExecuteProposal.class,
          TransactionBody.ValidatorReady.class);

  final Counting binding = new Counting();

  private LaneTerms terms = LaneTerms.DEFAULT;
  private PolicyTerms trust = PolicyTerms.DEFAULT;
  private long clock;
  private int salt;

  Hub() {
    this(new Handlers(new Deposits()), new InMemoryKeyValueStore());
  }

  Hub(int minRefundDelay) {
    this(
        new Handlers(new Deposits()),
        new Handlers(new Deposits()),
        new InMemoryKeyValueStore(),
        minRefundDelay,
        TransferLimits.DEFAULT);
  }

  Hub(TransferLimits limits) {
    this(
        new Handlers(new Deposits()),
        new Handlers(new Deposits()),
        new InMemoryKeyValueStore(),
        16,
        limits);
  }

  Hub(Handlers handlers, KeyValueStore store) {
    this(handlers, handlers, store, 16, TransferLimits.DEFAULT);
  }

  Hub(Handlers handlers, Handlers replicaHandlers) {
    this(handlers, replicaHandlers, new InMemoryKeyValueStore(), 16, TransferLimits.DEFAULT);
  }

  private Hub(
      Handlers handlers,
      Handlers replicaHandlers,
      KeyValueStore store,
      int minRefundDelay,
      TransferLimits limits) {
    genesis =
        new Genesis(
            "test",
            1_700_000_000_000L,
            validators.stream()
                .map(key -> new Genesis.Validator(key.publicKey(), Hash32.ZERO))
                .toList(),
            new Genesis.Governance(governance.stream().map(SecretKey::publicKey).toList(), 3),
            new Genesis.NotaryCommittee(
                7,
                IntStream.range(0, 4)
                    .mapToObj(
                        i ->
                            new Genesis.NotaryMember(
                                custodyKeys.get(i).publicKey().xOnly(),
                                attestKeys.get(i).publicKey()))
                    .toList(),
                3),
            new Genesis.Parameters(
                200_000,
                100_000,
                3,
                minRefundDelay,
                10_000,
                100_000,
                1_000_000,
                EPOCH_BLOCKS,
                DELAY_MILLIS,
                limits));
    ledger = Ledger.open(genesis, Families.load(), store, LedgerOptions.DEFAULT, handlers, binding);
    replica =
        Ledger.open(
            genesis,
            Families.load(),
            new InMemoryKeyValueStore(),
            new LedgerOptions(1, 1),
            replicaHandlers,
            Binding.EVERYTHING);
    clock = genesis.timeMillis() + 1_000_000_000L;
  }

  static List<SecretKey> keys(String role, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> SecretKey.derive(Bytes.utf8("test"), role + "-" + i))
        .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
        .toList();
  }

  /** Both chains active and a route between them. */
  static Hub ready() {
    Hub hub = new Hub();
    hub.setUp();
    return hub;
  }

  static Hub ready(LaneTerms terms) {
    Hub hub = new Hub();
    hub.terms(terms);
    hub.setUp();
    return hub;
  }

  static Hub ready(PolicyTerms trust) {
    Hub hub = new Hub();
    hub.trust(trust);
    hub.setUp();
    return hub;
  }

  /** Whom {@link #route()} trusts. */
  void trust(PolicyTerms next) {
    trust = next;
  }

  /** Order and lifetime of {@link #route()}. */
  void terms(LaneTerms next) {
    terms = next;
  }

  void setUp() {
    far.mine();
    home.mine();
    ok(registerChain(home, Optional.empty()));
    ok(registerChain(far, Optional.of(CONTRACT)));
    follow(home, 3);
    follow(far, 3);
    ok(registerRoute(route()));
  }

  Hash32 hubId() {
    return ledger.chainId();
  }

  LedgerView view() {
    return ledger.view();
  }

  // blocks

  BlockResult execute(Transaction... transactions) {
    return execute(List.of(), transactions);
  }

  /** With all that can be found out before; the replica does without. */
  private BlockResult execute(List<BlockContext.Fault> faults, Transaction... transactions) {
    Map<Hash32, Answers> found = new HashMap<>();
    for (Transaction each : transactions) {
      if (!ASK_NOTHING.contains(each.body().getClass())) {
        found.put(each.id(), ledger.answers(each, clock));
      }
    }
    binding.used = 0;
    return ledger
        .execute(
            new BlockContext(ledger.head().height() + 1, clock, faults),
            List.of(transactions),
            each -> found.getOrDefault(each.id(), Answers.NONE))
        .orThrow();
  }

  BlockResult block(Transaction... transactions) {
    return block(List.of(), transactions);
  }

  /** With evidence. */
  BlockResult block(List<BlockContext.Fault> faults, Transaction... transactions) {
    BlockResult result = execute(faults, transactions);
    BlockResult other = replica.execute(result.context(), List.of(transactions)).orThrow();
    if (!other.stateRoot().equals(result.stateRoot())
        || !other.outboxRoot().equals(result.outboxRoot())
        || !other.receipts().equals(result.receipts())
        || !other.events().equals(result.events())) {
      throw new AssertionError("I10: two replicas differ at block " + result.context().height());
    }
    ledger.commit(result);
    replica.commit(other);
    List<String> findings = LedgerAudit.run(view());
    if (!findings.isEmpty()) {
      throw new AssertionError(findings);
    }
    clock += 1_000;
    return result;
  }

  void pass(long millis) {
    clock += millis;
  }

  Transaction sign(SecretKey key, TransactionBody body) {
    return Transaction.sign(hubId(), key, view().nonce(key.publicKey()), body);
  }

  Receipt send(SecretKey key, TransactionBody body) {
    return block(sign(key, body)).receipts().getFirst();
  }

  Receipt send(TransactionBody body) {
    return send(user, body);
  }

  Receipt ok(TransactionBody body) {
    Receipt receipt = send(body);
    if (receipt.outcome() != Receipt.Outcome.APPLIED) {
      throw new AssertionError(receipt.code() + ": " + receipt.detail());
    }
    return receipt;
  }

  // chains

  TransactionBody.RegisterChain registerChain(FakeChain chain, Optional<Bytes> contract) {
    return approved(unsigned(chain, contract, FakeFamily.TYPE, chain.updateFrom(100)), 3);
  }

  static TransactionBody.RegisterChain unsigned(
      FakeChain chain, Optional<Bytes> contract, String type, Bytes sample) {
    return new TransactionBody.RegisterChain(
        chain.id(),
        "Fake",
        "fake-adapter",
        type,
        chain.anchor(),
        2,
        contract,
        sample,
        LIMITS,
        List.of());
  }

  TransactionBody.RegisterChain approved(TransactionBody.RegisterChain b, int approvals) {
    return new TransactionBody.RegisterChain(
        b.chain(),
        b.name(),
        b.adapterId(),
        b.clientType(),
        b.anchor(),
        b.confirmations(),
        b.bridgeContract(),
        b.sample(),
        b.limits(),
        approve(Approvals.registerChain(hubId(), view().governance().epoch(), b), approvals));
  }

  List<EcdsaSignature> approve(Hash32 digest, int count) {
    return governance.stream()
        .limit(count)
        .map(key -> Secp256k1.instance().signEcdsa(digest, key))
        .toList();
  }

  /** Mines empty blocks and reports all headers. */
  void follow(FakeChain chain, int blocks) {
    for (int i = 0; i < blocks; i++) {
      chain.mine();
    }
    update(chain);
  }

  void update(FakeChain chain) {
    long known = view().chain(chain.id()).orElseThrow().headHeight();
    if (known < chain.height()) {
      ok(new TransactionBody.UpdateClient(chain.id(), chain.updateFrom(known)));
    }
  }

  // routes and transfers

  TransactionBody.RegisterRoute route() {
    return new TransactionBody.RegisterRoute(
        asset,
        far.id(),
        CONTRACT,
        Amount.of(20_000),
        Amount.of(1_000_000),
        2,
        3,
        terms,
        trust,
        List.of());
  }

  TransactionBody.RegisterRoute registerRoute(TransactionBody.RegisterRoute b) {
    return b.approvedBy(
        approve(Approvals.registerRoute(hubId(), view().governance().epoch(), b), 3));
  }

  Hash32 routeId() {
    return RouteRecord.id(asset, far.id(), CONTRACT);
  }

  RouteRecord routeRecord() {
    return view().route(routeId()).orElseThrow();
  }

  TransactionBody.OpenTransfer openTransfer(int number, long amount) {
    return new TransactionBody.OpenTransfer(
        routeId(),
        hash("recipient"),
        Amount.of(amount),
        refund.publicKey().xOnly(),
        REFUND_DELAY,
        hash("key " + number));
  }

  Hash32 transferId(int number) {
    return TransferRecord.id(user.publicKey(), hash("key " + number));
  }

  /** Opens transfers {@code from} to {@code to - 1} of {@code sender} in one block. */
  BlockResult openAll(SecretKey sender, int from, int to) {
    long nonce = view().nonce(sender.publicKey());
    return block(
        IntStream.range(from, to)
            .mapToObj(
                i -> Transaction.sign(hubId(), sender, nonce + i - from, openTransfer(i, 20_000)))
            .toArray(Transaction[]::new));
  }

  /** Pays {@code amount} to the transfer's lock; the fact stands in a block of its own. */
  Bytes pay(Hash32 transferId, long amount) {
    Bytes script = view().depositLock(transferId).orElseThrow().script();
    Bytes tx =
        FakeChain.payment(salt++, new FakeCustody.Tx.Out(script, Amount.of(amount))).encode();
    home.mine(tx);
    return tx;
  }

  /** Opens and pays a transfer and has its deposit credited. */
  void credit(int number, long amount) {
    ok(openTransfer(number, amount));
    Bytes tx = pay(transferId(number), amount);
    follow(home, 3);
    ok(new TransactionBody.SubmitDeposit(transferId(number), home.claim(tx)));
  }

  /** As {@link #credit}, and swept, so that its packet is sent; returns the packet's id. */
  Hash32 deposit(int number, long amount) {
    credit(number, amount);
    settle(planSweep(number));
    return packetId(number);
  }

  /** The packet of a transfer whose deposit is swept. */
  Hash32 packetId(int number) {
    return view()
        .transfer(transferId(number))
        .flatMap(TransferRecord::deposit)
        .flatMap(TransferRecord.Deposit::packetId)
        .orElseThrow();
  }

  /** Asks for the sweep of a credited deposit; returns the release's id. */
  Hash32 planSweep(int number) {
    TransactionBody.PlanSweep sweep = sweep(number);
    ok(sweep);
    return view()
        .coin(home.id(), sweep.txId(), sweep.outputIndex())
        .flatMap(CoinRecord::reservedFor)
        .orElseThrow();
  }

  TransactionBody.PlanSweep sweep(int number) {
    TransferRecord.Deposit paid =
        view().transfer(transferId(number)).orElseThrow().deposit().orElseThrow();
    return new TransactionBody.PlanSweep(home.id(), paid.txId(), paid.outputIndex());
  }

  Bytes say(ChainMessage message) {
    return say(CONTRACT, message);
  }

  Bytes say(Bytes emitter, ChainMessage message) {
    Bytes fact = FakeMessages.fact(emitter, message);
    far.mine(fact);
    follow(far, 2);
    return fact;
  }

  Receipt submit(Bytes fact) {
    return send(new TransactionBody.SubmitMessage(far.id(), far.claim(fact)));
  }

  Receipt acknowledge(Hash32 packetId, boolean success) {
    return submit(say(new ChainMessage.PacketReceived(packetId, success)));
  }

  ChainMessage.TransferSent burned(long sequence, long amount, Bytes recipient) {
    return new ChainMessage.TransferSent(
        routeRecord().lane().reverse().hash(),
        sequence,
        TransferPayload.assetId(asset),
        Amount.of(amount),
        hash("holder").bytes(),
        recipient);
  }

  // releases

  TransactionBody.SignRelease signRelease(ReleaseRecord release, int member) {
    CustodyRules rules = new FakeCustody();
    List<SchnorrSignature> signatures = new ArrayList<>();
    for (Hash32 digest :
        rules.signingDigests(genesis.committee().custody(), release.plan().orElseThrow())) {
      signatures.add(
          Secp256k1.instance().signSchnorr(digest, custodyKeys.get(member), Hash32.ZERO));
    }
    return new TransactionBody.SignRelease(release.id(), member, signatures);
  }

  /** Signs, executes in one block of the home chain, and proves planned releases. */
  void settle(Hash32... releaseIds) {
    home.mine(Stream.of(releaseIds).map(this::signed).toArray(Bytes[]::new));
    follow(home, 3);
    for (Hash32 id : releaseIds) {
      ok(proof(id));
    }
  }

  /** Has a planned release signed by a quorum; returns its transaction. */
  Bytes signed(Hash32 releaseId) {
    for (int member = 0; member < 3; member++) {
      ok(signRelease(view().release(releaseId).orElseThrow(), member));
    }
    return view().release(releaseId).orElseThrow().transaction().orElseThrow();
  }

  /** That a release which is signed was executed. */
  TransactionBody.SubmitRelease proof(Hash32 releaseId) {
    Bytes tx = view().release(releaseId).orElseThrow().transaction().orElseThrow();
    return new TransactionBody.SubmitRelease(releaseId, home.claim(tx));
  }

  Hash32 onlyRelease(ReleaseRecord.State state) {
    List<ReleaseRecord> releases = view().releases(state, Optional.empty(), 10);
    if (releases.size() != 1) {
      throw new AssertionError(releases.size() + " releases " + state);
    }
    return releases.getFirst().id();
  }

  TransactionBody.Resume resume(PauseSubject subject, int approvals) {
    long number = view().pause(subject).orElseThrow().number();
    return new TransactionBody.Resume(
        subject,
        approve(
            Approvals.resume(hubId(), view().governance().epoch(), subject, number), approvals));
  }

  // governance

  /** Proposes an action and has it approved; returns its number. */
  long approved(GovernanceAction action) {
    Receipt proposed = send(governance.get(0), new TransactionBody.Propose(action));
    if (!proposed.isSuccess()) {
      throw new AssertionError(proposed.code() + ": " + proposed.detail());
    }
    long number = view().lastProposal();
    Hash32 hash = view().proposal(number).orElseThrow().actionHash();
    for (int i = 1; i < 3; i++) {
      send(governance.get(i), new TransactionBody.Vote(number, hash));
    }
    return number;
  }

  /** Proposes, approves, waits and executes. */
  void decide(GovernanceAction action) {
    long number = approved(action);
    pass(DELAY_MILLIS);
    ok(new TransactionBody.ExecuteProposal(number));
  }

  static Hash32 hash(String text) {
    return dev.trestle.crypto.Digests.sha256(Bytes.utf8(text));
  }
}
