package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Answers;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks ahead of the core thread: done in time, done too late, never done, and how many. */
class PrevalidatorTest {
  private static final int CHAINS = 5;
  private static final long START = 1_700_000_000_000L;
  private static final SecretKey SENDER = DevNet.key("sender", 0);

  /** Large enough for every worker to be kept busy. */
  private static final long PLENTY = 100 * SealedFamily.UNITS;

  private final SealedFamily family = new SealedFamily();
  private final Genesis genesis = genesis();
  private final Ledger ledger = open(family);
  private final Queue<Runnable> worker = new ArrayDeque<>();
  private long nonce;

  private static Genesis genesis() {
    return new Genesis(
        "prevalidator",
        START,
        Stream.of(0, 1, 2, 3)
            .map(i -> DevNet.key("validator", i).publicKey())
            .sorted(Comparator.comparing(key -> key.evmAddress()))
            .map(key -> new Genesis.Validator(key, Hash32.ZERO))
            .toList(),
        new Genesis.Governance(
            Stream.of(0, 1, 2, 3).map(i -> DevNet.key("governance", i).publicKey()).toList(), 3),
        new Genesis.NotaryCommittee(
            0,
            Stream.of(0, 1, 2, 3)
                .map(
                    i ->
                        new Genesis.NotaryMember(
                            DevNet.key("custody", i).publicKey().xOnly(),
                            DevNet.key("attest", i).publicKey()))
                .sorted(Comparator.comparing(member -> member.attestKey().evmAddress()))
                .toList(),
            3),
        Genesis.Parameters.DEFAULT);
  }

  private Ledger open(SealedFamily clients) {
    return Ledger.open(genesis, Families.of(List.of(clients)), new InMemoryKeyValueStore());
  }

  private static ChainId chain(int number) {
    return ChainId.parse("eip155:" + (1_000 + number));
  }

  private Transaction sign(TransactionBody body) {
    return Transaction.sign(genesis.chainId(), SENDER, nonce++, body);
  }

  private Transaction register(int number) {
    TransactionBody.RegisterChain bare =
        new TransactionBody.RegisterChain(
            chain(number),
            "Sealed",
            "sealed",
            SealedFamily.TYPE,
            SealedFamily.anchor(100),
            1,
            Optional.empty(),
            SealedFamily.header(101),
            new ChainLimits(Amount.of(1_000_000), Amount.of(1_000_000), 3_600_000),
            List.of());
    Hash32 digest = Approvals.registerChain(genesis.chainId(), 0, bare);
    return sign(
        new TransactionBody.RegisterChain(
            bare.chain(),
            bare.name(),
            bare.adapterId(),
            bare.clientType(),
            bare.anchor(),
            bare.confirmations(),
            bare.bridgeContract(),
            bare.sample(),
            bare.limits(),
            IntStream.range(0, 3)
                .mapToObj(i -> Secp256k1.instance().signEcdsa(digest, DevNet.key("governance", i)))
                .toList()));
  }

  private Transaction update(int chain, long height) {
    return sign(new TransactionBody.UpdateClient(chain(chain), SealedFamily.header(height)));
  }

  private Transaction cheap() {
    return sign(new TransactionBody.ValidatorReady(0));
  }

  private static BlockContext next(Ledger on) {
    return new BlockContext(on.head().height() + 1, on.head().timeMillis() + 10);
  }

  /** Chains are registered, one a block: each costs more than a transaction may. */
  private void setUp(Ledger... ledgers) {
    for (int i = 0; i < CHAINS; i++) {
      Transaction registration = register(i);
      for (Ledger each : ledgers) {
        BlockResult result = each.execute(next(each), List.of(registration)).orThrow();
        assertThat(result.receipts()).extracting(Receipt::code).containsExactly("ok");
        each.commit(result);
      }
    }
    family.checked.set(0);
  }

  private Prevalidator prevalidator() {
    return new Prevalidator(ledger::prevalidate, worker::add, 1, PLENTY);
  }

  private void work() {
    for (Runnable next = worker.poll(); next != null; next = worker.poll()) {
      next.run();
    }
  }

  private BlockResult execute(Prevalidator ahead, BlockContext block, List<Transaction> all) {
    ahead.begin(block.timeMillis(), all);
    return ledger.execute(block, all, ahead::take).orThrow();
  }

  private static void succeeds(BlockResult result) {
    assertThat(result.receipts()).isNotEmpty().allMatch(Receipt::isSuccess);
  }

  @Test
  void whatAWorkerFoundInTimeIsNotDoneAgain() {
    setUp(ledger);
    Prevalidator ahead = prevalidator();
    Transaction headers = update(0, 102);
    BlockContext block = next(ledger);
    ahead.waits(headers, block.timeMillis());
    work();
    assertThat(family.checked).hasValue(1);
    assertThat(ahead.bytes()).isPositive();
    BlockResult result = execute(ahead, block, List.of(headers));
    succeeds(result);
    assertThat(family.checked).as("by the worker alone").hasValue(1);
    assertThat(worker).isEmpty();
    // another round of the same height finds it too
    assertThat(execute(ahead, block, List.of(headers))).isEqualTo(result);
    assertThat(family.checked).hasValue(1);
    ahead.committed(block.height(), List.of(headers.id()));
    assertThat(ahead.bytes()).isZero();
  }

  @Test
  void theCoreThreadNeverWaitsForAWorker() {
    setUp(ledger);
    Prevalidator ahead = prevalidator();
    Transaction headers = update(0, 102);
    BlockContext block = next(ledger);
    ahead.waits(headers, block.timeMillis());
    assertThat(worker).as("a worker that does not come").hasSize(1);
    succeeds(execute(ahead, block, List.of(headers)));
    assertThat(family.checked).as("by the core thread").hasValue(1);
    work();
    assertThat(family.checked).as("and not once more by the worker").hasValue(1);
    assertThat(ahead.bytes()).isZero();
  }

  @Test
  void aBlockIsTakenFromItsEnd() {
    setUp(ledger);
    List<Transaction> looked = new ArrayList<>();
    Prevalidator ahead =
        new Prevalidator(
            (each, time) -> {
              looked.add(each);
              return ledger.prevalidate(each, time);
            },
            worker::add,
            1,
            PLENTY);
    List<Transaction> all =
        List.of(update(0, 102), cheap(), update(1, 102), update(2, 102), cheap());
    BlockContext block = next(ledger);
    ahead.begin(block.timeMillis(), all);
    work();
    assertThat(looked)
        .as("not the first, where the core thread is already, and nothing cheap")
        .containsExactly(all.get(3), all.get(2));
    assertThat(ledger.execute(block, all, ahead::take).orThrow())
        .isEqualTo(ledger.execute(block, all).orThrow());
  }

  /** One client's small transactions, and a lone large one in a block, are handed to nobody. */
  @Test
  void smallTransactionsAreLeftAlone() {
    setUp(ledger);
    Prevalidator ahead = prevalidator();
    Transaction small = cheap();
    ahead.waits(small, START);
    ahead.begin(START, List.of(small));
    assertThat(worker).isEmpty();
    ahead.begin(START, List.of(update(0, 102)));
    assertThat(worker).isEmpty();
  }

  @Test
  void headersAreLookedAtAgainForABlockOfAnotherSecond() {
    setUp(ledger);
    Prevalidator ahead = prevalidator();
    List<Transaction> all = List.of(update(0, 102), update(1, 102));
    all.forEach(each -> ahead.waits(each, next(ledger).timeMillis()));
    work();
    BlockContext later =
        new BlockContext(ledger.head().height() + 1, next(ledger).timeMillis() + 1_000);
    ahead.begin(later.timeMillis(), all);
    work();
    family.checked.set(0);
    succeeds(ledger.execute(later, all, ahead::take).orThrow());
    assertThat(family.checked).as("the first is the core thread's").hasValue(1);
  }

  /** No sender pays: what workers may spend is what blocks that are executed may cost. */
  @Test
  void workIsBoundedByBlocksThatAreExecuted() {
    setUp(ledger);
    Prevalidator ahead =
        new Prevalidator(ledger::prevalidate, worker::add, 1, 2 * SealedFamily.UNITS);
    for (int i = 0; i < CHAINS; i++) {
      ahead.waits(update(i, 102), START);
    }
    work();
    assertThat(family.checked).hasValue(2);
    ahead.waits(update(0, 103), START);
    work();
    assertThat(family.checked).as("no block since").hasValue(2);
    ahead.begin(START, List.of());
    ahead.waits(update(0, 104), START);
    work();
    assertThat(family.checked).hasValue(3);
  }

  /** What is refused before any check costs something as well. */
  @Test
  void junkUsesUpTheAllowanceToo() {
    setUp(ledger);
    Prevalidator ahead =
        new Prevalidator(ledger::prevalidate, worker::add, 1, 3 * Prevalidator.LEAST_UNITS);
    for (int i = 0; i < 10; i++) {
      ahead.waits(update(CHAINS + i, 102), START); // chains that nobody has registered
    }
    ahead.waits(update(0, 102), START);
    work();
    assertThat(family.checked).hasValue(0);
  }

  @Test
  void aFaultIsNoAnswerAndEndsTheWorkUntilTheNextBlock() {
    setUp(ledger);
    Prevalidator ahead =
        new Prevalidator(
            (each, time) -> {
              family.checked.incrementAndGet();
              throw new IllegalStateException("a bug");
            },
            worker::add,
            1,
            PLENTY);
    Transaction headers = update(0, 102);
    ahead.waits(headers, START);
    ahead.waits(update(1, 102), START);
    work();
    assertThat(family.checked).hasValue(1);
    assertThat(ahead.take(headers)).isSameAs(Answers.NONE);
  }

  @Test
  void whatWaitsForAWorkerIsBoundedInBytes() {
    setUp(ledger);
    Transaction one = update(0, 102);
    Transaction two = update(1, 102);
    long room = one.encode().size() + two.encode().size() - 1L;
    Prevalidator ahead = new Prevalidator(ledger::prevalidate, worker::add, 2, PLENTY, room);
    ahead.waits(one, START);
    ahead.waits(two, START);
    assertThat(worker).hasSize(1);
    assertThat(ahead.bytes()).isEqualTo(one.encode().size());
    ahead.begin(START, List.of(cheap(), one, two));
    assertThat(worker).as("still no room for the other one").hasSize(1);
    ahead.committed(1, List.of(one.id(), two.id()));
    assertThat(ahead.bytes()).isZero();
  }

  @Test
  void answersAreBoundedInBytesAndInAge() {
    setUp(ledger);
    Transaction one = update(0, 102);
    Transaction two = update(1, 102);
    long size = ledger.prevalidate(one, START).bytes();
    Prevalidator ahead =
        new Prevalidator(ledger::prevalidate, worker::add, 1, PLENTY, size + size / 2);
    ahead.waits(one, START);
    ahead.waits(two, START);
    work();
    assertThat(ahead.take(one).isEmpty()).isFalse();
    assertThat(ahead.take(two).isEmpty()).as("there was no room").isTrue();
    assertThat(ahead.bytes()).isEqualTo(size);
    ahead.committed(Prevalidator.MAX_AGE - 1, List.of());
    assertThat(ahead.take(one).isEmpty()).isFalse();
    ahead.committed(Prevalidator.MAX_AGE, List.of());
    assertThat(ahead.take(one).isEmpty()).isTrue();
    assertThat(ahead.bytes()).isZero();
  }

  /** Whatever two real workers get done in time, and whatever they find it on. */
  @Test
  void aMachineWithHelpersComesToWhatOneWithoutComesTo() {
    SealedFamily alone = new SealedFamily();
    Ledger plain = open(alone);
    setUp(ledger, plain);
    LedgerMachine helped = new LedgerMachine(ledger);
    LedgerMachine unhelped = new LedgerMachine(plain);
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      helped.helpedBy(pool, 2);
      for (int round = 0; round < 20; round++) {
        List<Bytes> encoded = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          // good ones, repeated ones and ones that come too early
          Transaction each = update(i % CHAINS, 102 + round + i / CHAINS / 2);
          encoded.add(each.encode());
          if (i % 3 == 0) {
            helped.waits(helped.admit(each.encode()).orThrow(), next(ledger).timeMillis());
          }
        }
        BlockContext block = next(ledger);
        BlockResult result = helped.execute(block, encoded).orThrow();
        assertThat(result).isEqualTo(unhelped.execute(block, encoded).orThrow());
        helped.commit(result);
        unhelped.commit(result);
      }
    }
    assertThat(ledger.view().head(chain(0)).orElseThrow().height()).isGreaterThan(120);
  }
}
