package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.Decoys;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.Watchtower.Report;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as it runs: its own threads, a journal on disk. The chains are simulated. */
class SwapEngineTest {
  private static final EngineSettings SETTINGS =
      EngineSettings.defaults().with(World.POLICY).observing(Duration.ofMillis(5));

  private static final Bytes JUNK = Bytes.utf8("junk");

  @TempDir Path folder;
  private final World world = new World(Flavor.UTXO, Flavor.ACCOUNT);

  private SwapEngine open(Party party) {
    return SwapEngine.open(
        folder.resolve(party.role.name()),
        party.ports(),
        Map.of(),
        party.seed,
        world.time,
        SETTINGS);
  }

  private SwapTerms terms(SwapEngine alice, SwapEngine bob, Hash32 hash) {
    SwapTerms draft = world.terms();
    return SwapTerms.of(
        hash, draft.legs().get(0), draft.legs().get(1), alice.identityKey(), bob.identityKey());
  }

  private void mineUntil(CountDownLatch done) throws InterruptedException {
    for (int i = 0; i < 2_000 && !done.await(20, TimeUnit.MILLISECONDS); i++) {
      world.tick();
    }
    assertThat(done.getCount()).isZero();
  }

  private static CountDownLatch whenEnded(SwapEngine... engines) {
    CountDownLatch ended = new CountDownLatch(engines.length);
    for (SwapEngine engine : engines) {
      engine.onProgress(
          p -> {
            if (p.step() == SwapProgress.Step.ENDED) {
              ended.countDown();
            }
          });
    }
    return ended;
  }

  @Test
  void twoEnginesSwapAndComeBackFromDisk() throws InterruptedException {
    Hash32 swapId;
    try (SwapEngine alice = open(world.alice);
        SwapEngine bob = open(world.bob)) {
      SwapTerms terms = terms(alice, bob, alice.newSecret().hash());
      CountDownLatch locked = new CountDownLatch(1);
      alice.onProgress(
          p -> {
            if (p.step() == SwapProgress.Step.LOCK_SENT) {
              locked.countDown();
            }
          });
      swapId = alice.start(terms, Role.INITIATOR).orThrow();
      assertThat(bob.start(terms, Role.PARTICIPANT).orThrow()).isEqualTo(swapId);
      assertThat(alice.start(terms, Role.INITIATOR).orThrow()).as("again").isEqualTo(swapId);
      assertThat(locked.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(alice.recoveryFile(swapId)).isPresent();
    }
    world.alice.connect();
    world.bob.connect();
    try (SwapEngine alice = open(world.alice);
        SwapEngine bob = open(world.bob)) {
      mineUntil(whenEnded(alice, bob));
      assertThat(alice.swaps()).hasSize(1);
      assertThat(bob.swaps()).hasSize(1);
      SwapTerms terms = alice.swaps().getFirst().terms();
      SwapObserver.SwapObservation seen =
          Async.await(new SwapObserver(world.bob.ports()).observe(terms, world.time.nowSeconds()));
      assertThat(seen.status()).isEqualTo(SwapStatus.COMPLETED);
      assertThat(seen.secret()).isPresent();
    }
    try (SwapEngine alice = open(world.alice)) {
      assertThat(alice.status(swapId).map(SwapView::terms)).isPresent();
      assertThat(world.balance(world.alice, world.second).plus(Amount.of(100)))
          .isGreaterThan(World.wealth().plus(World.SECOND));
      assertThat(world.balance(world.alice, world.first).plus(Amount.of(100)))
          .isGreaterThan(World.wealth().minus(World.FIRST));
    }
  }

  @Test
  void aSecretIsNeverGivenOutTwice() {
    Hash32 first;
    try (SwapEngine alice = open(world.alice)) {
      first = alice.newSecret().hash();
      assertThat(alice.newSecret().hash()).isNotEqualTo(first);
    }
    try (SwapEngine alice = open(world.alice)) {
      assertThat(alice.newSecret().index()).isEqualTo(2);
    }
  }

  @Test
  void whatIsWrongIsRefusedBeforeAnythingHappens() {
    try (SwapEngine alice = open(world.alice);
        SwapEngine bob = open(world.bob)) {
      Hash32 hash = alice.newSecret().hash();
      SwapTerms good = terms(alice, bob, hash);
      assertReason(bob.start(good, Role.INITIATOR), SwapRejection.NOT_MY_KEY);
      assertReason(alice.start(good, Role.PARTICIPANT), SwapRejection.NOT_MY_KEY);
      SwapTerms unknown = terms(alice, bob, Secrets.hashOf(hash));
      assertReason(alice.start(unknown, Role.INITIATOR), SwapRejection.UNKNOWN_SECRET);
      alice.start(good, Role.INITIATOR).orThrow();
      world.time.advanceSeconds(1);
      assertReason(alice.start(terms(alice, bob, hash), Role.INITIATOR), SwapRejection.HASH_REUSED);
      world.time.advanceSeconds(3600);
      assertReason(
          alice.start(late(alice, bob, good), Role.INITIATOR), SwapRejection.UNSAFE_TIMELOCK);
      assertThat(alice.swaps()).hasSize(1);
      assertThat(bob.swaps()).isEmpty();
    }
  }

  private SwapTerms late(SwapEngine alice, SwapEngine bob, SwapTerms old) {
    return SwapTerms.of(
        alice.newSecret().hash(),
        old.legs().get(0),
        old.legs().get(1),
        alice.identityKey(),
        bob.identityKey());
  }

  private static void assertReason(Verdict<Hash32> verdict, SwapRejection reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  @Test
  void noMoreIsLockedThanAllowed() {
    EngineSettings limited =
        SETTINGS.limitedTo(
            Map.of(
                world.first.profile().nativeAsset(),
                World.FIRST.plus(World.FIRST).minus(Amount.of(1))));
    try (SwapEngine bob = open(world.bob);
        SwapEngine alice =
            SwapEngine.open(
                folder.resolve("limited"),
                world.alice.ports(),
                Map.of(),
                world.alice.seed,
                world.time,
                limited)) {
      alice.start(terms(alice, bob, alice.newSecret().hash()), Role.INITIATOR).orThrow();
      assertReason(
          alice.start(terms(alice, bob, alice.newSecret().hash()), Role.INITIATOR),
          SwapRejection.OVER_LIMIT);
    }
  }

  @Test
  void oneFolderHasOneEngine() {
    try (SwapEngine alice = open(world.alice)) {
      assertThatThrownBy(() -> open(world.alice)).isInstanceOf(JournalException.class);
      assertThat(alice.swaps()).isEmpty();
    }
  }

  @Test
  void aTowerIsNotMisledByAClaimOfASmallCoin() throws InterruptedException {
    Bytes refund;
    SwapTerms terms;
    try (SwapEngine alice = open(world.alice);
        SwapEngine bob = open(world.bob)) {
      terms = terms(alice, bob, alice.newSecret().hash());
      CountDownLatch locked = new CountDownLatch(1);
      alice.onProgress(
          p -> {
            if (p.step() == SwapProgress.Step.LOCK_SENT) {
              locked.countDown();
            }
          });
      Hash32 swapId = alice.start(terms, Role.INITIATOR).orThrow();
      assertThat(locked.await(20, TimeUnit.SECONDS)).isTrue();
      world.tick();
      refund = alice.signRefund(swapId).orElseThrow();
    }
    HtlcPort htlc = world.bob.htlc(world.first);
    SecretKey thief = world.bob.wallet(world.first);
    String script = htlc.describe(terms.htlcTerms(0)).orThrow().lockKey().toHex();
    send(Decoys.payScript(world.first, thief, script, Amount.of(600)));
    world.tick();
    HtlcPort.LockFunding small = Async.await(htlc.observe(terms.htlcTerms(0))).funding().getLast();
    assertThat(small.amount()).isEqualTo(Amount.of(600));
    Hash32 secret = Secrets.derive(world.alice.seed, 0);
    send(Decoys.claim(world.first, terms.htlcTerms(0), small, secret, thief));
    world.time.advanceSeconds(12 * 3600);
    for (int i = 0; i < 12; i++) {
      world.tick();
    }
    try (Watchtower tower = Watchtower.open(folder.resolve("tower"), world.bob.ports())) {
      assertThat(tower.watch(terms, 0, refund).isAccepted()).isTrue();
      assertThat(tower.step()).singleElement().isInstanceOf(Report.Sent.class);
    }
  }

  private void send(SignedTransaction transaction) {
    Async.await(world.bob.ports(world.first).transactions().broadcast(transaction.raw()));
  }

  /** Ports whose adapter fails on some bytes with a fault that is not the chain's answer. */
  private Map<ChainId, ChainPorts> chokingOn(Bytes bytes) {
    Map<ChainId, ChainPorts> choking = new TreeMap<>();
    world
        .bob
        .ports()
        .forEach(
            (chain, ports) ->
                choking.put(
                    chain,
                    new ChainPorts(
                        ports.profile(),
                        ports.htlc(),
                        new Choking(ports.transactions(), bytes),
                        ports.health())));
    return choking;
  }

  private record Choking(TransactionPort real, Bytes on) implements TransactionPort {
    @Override
    public Future<Hash32> broadcast(Bytes signedTransaction) {
      return signedTransaction.equals(on)
          ? Future.failedFuture(new DecodeException("not a transaction"))
          : real.broadcast(signedTransaction);
    }

    @Override
    public Future<TransactionStatus> status(Hash32 transactionId) {
      return real.status(transactionId);
    }

    @Override
    public String address(SecretKey key) {
      return real.address(key);
    }

    @Override
    public Future<Amount> balance(String address) {
      return real.balance(address);
    }

    @Override
    public Future<SignedTransaction> preparePayment(
        SecretKey from, String toAddress, Amount amount) {
      return real.preparePayment(from, toAddress, amount);
    }
  }

  @Test
  void aTowerWithoutKeysRefundsForAPartyThatIsGone() throws InterruptedException {
    Bytes refund;
    SwapTerms terms;
    try (SwapEngine alice = open(world.alice);
        SwapEngine bob = open(world.bob)) {
      terms = terms(alice, bob, alice.newSecret().hash());
      CountDownLatch locked = new CountDownLatch(1);
      alice.onProgress(
          p -> {
            if (p.step() == SwapProgress.Step.LOCK_SENT) {
              locked.countDown();
            }
          });
      Hash32 swapId = alice.start(terms, Role.INITIATOR).orThrow();
      assertThat(locked.await(20, TimeUnit.SECONDS)).isTrue();
      world.tick();
      refund = alice.signRefund(swapId).orElseThrow();
      assertThat(alice.signRefund(swapId)).as("the same bytes").contains(refund);
    }
    Path file = folder.resolve("tower");
    try (Watchtower tower = Watchtower.open(file, world.bob.ports())) {
      assertThat(tower.watch(terms, 0, refund).isAccepted()).isTrue();
      assertThat(tower.step()).singleElement().isInstanceOf(Report.Idle.class);
    }
    world.time.advanceSeconds(12 * 3600);
    for (int i = 0; i < 12; i++) {
      world.tick();
    }
    try (Watchtower tower = Watchtower.open(folder.resolve("other"), chokingOn(JUNK))) {
      assertThat(tower.watch(terms, 0, JUNK).isAccepted()).isTrue();
      assertThat(tower.watch(terms, 0, refund).isAccepted()).isTrue();
      assertThat(tower.step())
          .as("what the adapter cannot read keeps nothing else from its turn")
          .hasSize(2)
          .hasAtLeastOneElementOfType(Report.Failed.class)
          .hasAtLeastOneElementOfType(Report.Sent.class);
    }
    try (Watchtower tower = Watchtower.open(file, world.bob.ports())) {
      assertThat(tower.step()).singleElement().isInstanceOf(Report.Sent.class);
      world.tick();
      assertThat(world.balance(world.alice, world.first).plus(Amount.of(100)))
          .isGreaterThan(World.wealth());
      world.tick();
      world.tick();
      assertThat(tower.step()).singleElement().isInstanceOf(Report.Idle.class);
    }
  }
}
