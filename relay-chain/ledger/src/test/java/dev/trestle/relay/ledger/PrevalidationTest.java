package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeFamily;
import dev.trestle.relay.ledger.fake.FakeMessages;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Work that is done before a block is executed. That it changes nothing is checked at every block
 * of every {@link Hub} as well: its replica does without.
 */
class PrevalidationTest {
  private static final int SEEDS = 3;
  private static final int BLOCKS = 20;

  private final Hub hub = Hub.ready();

  private TransactionBody headers() {
    long known = hub.view().chain(hub.home.id()).orElseThrow().headHeight();
    return new TransactionBody.UpdateClient(hub.home.id(), hub.home.updateFrom(known));
  }

  private static void mine(FakeChain chain, int blocks) {
    for (int i = 0; i < blocks; i++) {
      chain.mine();
    }
  }

  private BlockContext next() {
    return new BlockContext(hub.ledger.head().height() + 1, hub.ledger.head().timeMillis() + 1_000);
  }

  private List<Transaction> signed(TransactionBody... bodies) {
    long nonce = hub.view().nonce(hub.user.publicKey());
    return IntStream.range(0, bodies.length)
        .mapToObj(i -> Transaction.sign(hub.hubId(), hub.user, nonce + i, bodies[i]))
        .toList();
  }

  /** Executes with all that is found out before, and checks that it is as without. */
  private BlockResult ahead(List<Transaction> transactions) {
    BlockContext next = next();
    Map<Hash32, Answers> found = new HashMap<>();
    transactions.forEach(each -> found.put(each.id(), hub.ledger.answers(each, next.timeMillis())));
    hub.binding.used = 0;
    BlockResult with =
        hub.ledger
            .execute(next, transactions, each -> found.getOrDefault(each.id(), Answers.NONE))
            .orThrow();
    assertThat(with).isEqualTo(hub.ledger.execute(next, transactions).orThrow());
    return with;
  }

  @Test
  void whatWasFoundBeforeIsNotAskedAgain() {
    hub.ok(hub.openTransfer(1, 50_000));
    assertThat(hub.binding.used).as("a transaction without evidence asks nobody").isZero();
    Bytes tx = hub.pay(hub.transferId(1), 50_000);
    hub.follow(hub.home, 3);
    assertThat(hub.binding.used).as("headers").isEqualTo(1);
    hub.ok(new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx)));
    assertThat(hub.binding.used).as("the deposit's proof").isEqualTo(1);
    hub.settle(hub.planSweep(1));
    assertThat(hub.binding.used).as("the sweep's proof").isEqualTo(1);
    hub.acknowledge(hub.packetId(1), true);
    assertThat(hub.binding.used).as("the receipt's proof").isEqualTo(1);
    hub.credit(2, 50_000);
    ReleaseRecord sweep = hub.view().release(hub.planSweep(2)).orElseThrow();
    hub.ok(hub.signRelease(sweep, 0));
    assertThat(hub.binding.used).as("a member's signatures").isEqualTo(1);
    hub.ok(new TransactionBody.SubmitMisbehaviour(hub.far.id(), Bytes.utf8("misbehaviour")));
    assertThat(hub.binding.used).as("misbehaviour").isEqualTo(1);
  }

  /** Absence, and on an ordered lane what stands there instead. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.Ordering.class,
      names = {"UNORDERED", "ORDERED"})
  void proofsOfATimeoutAreFoundToo(Lane.Ordering ordering) {
    Expiry late = Expiry.byHeight(ordering);
    Hash32 packet = late.hub.deposit(1, 100_000);
    late.expire(packet);
    late.hub.update(late.hub.far);
    assertThat(late.timeOut(packet).code()).isEqualTo("ok");
    assertThat(late.hub.binding.used).isEqualTo(1);
  }

  /** The proof does not hold in the state before the block; it does after the headers in it. */
  @Test
  void whatAnEarlierTransactionOfTheBlockChangesIsAskedAgain() {
    hub.ok(hub.openTransfer(1, 50_000));
    Bytes tx = hub.pay(hub.transferId(1), 50_000);
    mine(hub.home, 3);
    TransactionBody deposit =
        new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    BlockResult result = ahead(signed(headers(), deposit, headers()));
    assertThat(result.receipts()).extracting(Receipt::code).startsWith("ok", "ok");
    assertThat(result.receipts().getLast().isSuccess()).as("nothing new").isFalse();
  }

  /** The check above is able to fail; {@link AnswersTest} leaves out every other input. */
  @Test
  void answersThatForgetTheStateAreCaught() {
    hub.ok(hub.openTransfer(1, 50_000));
    Bytes tx = hub.pay(hub.transferId(1), 50_000);
    mine(hub.home, 3);
    TransactionBody deposit =
        new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    hub.binding.forgetsState = true;
    assertThatThrownBy(() -> ahead(signed(headers(), deposit)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("unknown-height");
  }

  /** Headers are judged by the clock of the block, and evidence is not. */
  @Test
  void anAnswerAboutHeadersIsGoodForItsSecondAlone() {
    mine(hub.home, 3);
    Transaction headers = signed(headers()).getFirst();
    BlockContext next = next();
    Answers found = hub.ledger.answers(headers, next.timeMillis());
    assertThat(found.isTimed()).isTrue();
    hub.binding.used = 0;
    BlockContext later = new BlockContext(next.height(), next.timeMillis() + 1_000);
    assertThat(hub.ledger.execute(later, List.of(headers), any -> found).orThrow())
        .isEqualTo(hub.ledger.execute(later, List.of(headers)).orThrow());
    assertThat(hub.binding.used).isZero();
    hub.ledger.execute(next, List.of(headers), any -> found).orThrow();
    assertThat(hub.binding.used).isEqualTo(1);
  }

  /** A block full of work leaves less for a transaction than it was looked at with. */
  @Test
  void workIsAccountedForAsIfItWereDoneInTheBlock() {
    mine(hub.home, 2);
    Bytes first = hub.home.updateFrom(hub.home.height() - 2);
    TransactionBody update = new TransactionBody.UpdateClient(hub.home.id(), first);
    List<TransactionBody> bodies = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      bodies.add(
          hub.approved(
              Hub.unsigned(
                  new FakeChain("eip155:" + (1_000 + i)),
                  Optional.empty(),
                  FakeFamily.TYPE,
                  Bytes.utf8("no headers")),
              3)); // costs all that a transaction may, and is refused
    }
    bodies.add(update);
    bodies.add(update); // less than a transaction's budget is left
    bodies.add(bodies.getFirst());
    bodies.add(update); // nothing is left
    BlockResult result = ahead(signed(bodies.toArray(TransactionBody[]::new)));
    assertThat(result.receipts().subList(9, 13))
        .extracting(Receipt::code)
        .containsExactly("ok", "bad-prev", "sample-refused", "budget-exhausted");
    assertThat(hub.binding.used).as("the one with a whole budget").isEqualTo(1);
  }

  private static Transaction signedBy(Hub hub, TransactionBody body) {
    return Transaction.sign(hub.hubId(), hub.user, 0, body);
  }

  /** What is worth a thread of its own, by what can be seen of a transaction. */
  @Test
  void cheapTransactionsAreNotLookedAt() {
    Bytes small = Bytes.of(new byte[Prevalidation.LARGE_EVIDENCE - 1]);
    Bytes large = Bytes.of(new byte[Prevalidation.LARGE_EVIDENCE]);
    SchnorrSignature schnorr = new SchnorrSignature(Bytes.of(new byte[SchnorrSignature.SIZE]));
    EcdsaSignature ecdsa = new EcdsaSignature(Bytes.of(new byte[EcdsaSignature.SIZE]));
    Hash32 id = Hub.hash("id");
    Function<List<EcdsaSignature>, FactAttestations> said =
        attestors -> new FactAttestations(new HeaderRef(1, id, 1), 1, 0, List.of(), attestors);
    Claim branch = new Claim(Bytes.EMPTY, Bytes.EMPTY, small);
    Claim nodes = new Claim(Bytes.EMPTY, Bytes.EMPTY, large);
    assertThat(
            List.of(
                hub.openTransfer(1, 50_000),
                new TransactionBody.SubmitDeposit(id, branch),
                new TransactionBody.SubmitTakeBack(id, branch),
                new TransactionBody.SubmitRelease(id, branch),
                new TransactionBody.SubmitMessage(hub.far.id(), branch),
                new TransactionBody.TimeoutPacket(id, 1, Bytes.EMPTY, small),
                new TransactionBody.SignRelease(id, 0, List.of(schnorr)),
                new TransactionBody.SubmitAttestedDeposit(id, branch, said.apply(List.of(ecdsa)))))
        .noneMatch(body -> Ledger.isExpensive(signedBy(hub, body)));
    assertThat(
            List.of(
                headers(),
                new TransactionBody.SubmitDeposit(id, nodes),
                new TransactionBody.SubmitTakeBack(id, nodes),
                new TransactionBody.SubmitRelease(id, nodes),
                new TransactionBody.SubmitMessage(hub.far.id(), nodes),
                new TransactionBody.TimeoutPacket(id, 1, Bytes.EMPTY, large),
                new TransactionBody.SignRelease(id, 0, List.of(schnorr, schnorr)),
                new TransactionBody.SubmitAttestedDeposit(
                    id, branch, said.apply(List.of(ecdsa, ecdsa)))))
        .allMatch(body -> Ledger.isExpensive(signedBy(hub, body)));
    Transaction cheap = signedBy(hub, new TransactionBody.SubmitDeposit(id, branch));
    assertThat(hub.ledger.prevalidate(cheap, 0)).isSameAs(Answers.NONE);
  }

  /** Blocks of good, bad, repeated and dependent transactions. */
  private final class History {
    final Random random;
    final Map<Hash32, Answer<?>> everFound = new HashMap<>();
    final Map<String, Integer> outcomes = new TreeMap<>();
    final List<Claim> claims = new ArrayList<>();
    final List<Bytes> messages = new ArrayList<>();
    int transfers;

    History(long seed) {
      random = new Random(seed);
    }

    TransactionBody body() {
      return switch (random.nextInt(6)) {
        case 0 -> hub.openTransfer(++transfers, 50_000);
        case 1 -> {
          mine(hub.home, random.nextInt(3));
          TransactionBody headers = headers();
          messages.add(((TransactionBody.UpdateClient) headers).message());
          yield headers;
        }
        case 2 -> new TransactionBody.UpdateClient(hub.home.id(), any(messages, Bytes.EMPTY));
        case 3 -> {
          Bytes fact =
              FakeMessages.fact(
                  Hub.CONTRACT, new ChainMessage.PacketReceived(Hub.hash("none"), true));
          hub.far.mine(fact);
          long known = hub.view().chain(hub.far.id()).orElseThrow().headHeight();
          yield random.nextBoolean()
              ? new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact))
              : new TransactionBody.UpdateClient(hub.far.id(), hub.far.updateFrom(known));
        }
        default ->
            new TransactionBody.SubmitDeposit(
                hub.transferId(1 + random.nextInt(transfers + 1)), any(claims, NOTHING));
      };
    }

    <T> T any(List<T> of, T otherwise) {
      return of.isEmpty() ? otherwise : of.get(random.nextInt(of.size()));
    }

    /** Pays what was opened, so that there is something to prove. */
    void pay() {
      for (int i = 1; i <= transfers; i++) {
        if (hub.view().transfer(hub.transferId(i)).isPresent() && random.nextInt(3) == 0) {
          claims.add(hub.home.claim(hub.pay(hub.transferId(i), 50_000)));
        }
      }
    }

    /** Some of all answers that there ever were, for whatever transaction. */
    Function<Transaction, Answers> some() {
      int share = random.nextInt(4);
      return each -> {
        List<Hash32> keys = new ArrayList<>(everFound.keySet());
        Collections.shuffle(keys, random);
        Map<Hash32, Answer<?>> chosen = new HashMap<>();
        keys.subList(0, keys.size() * share / 3)
            .forEach(key -> chosen.put(key, everFound.get(key)));
        return new Answers(chosen, random.nextInt(100));
      };
    }

    void block() {
      pay();
      List<TransactionBody> bodies = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        bodies.add(body());
      }
      List<Transaction> transactions = signed(bodies.toArray(TransactionBody[]::new));
      BlockContext next = next();
      BlockResult without = hub.ledger.execute(next, transactions).orThrow();
      transactions.forEach(
          each -> everFound.putAll(hub.ledger.answers(each, next.timeMillis()).byKey()));
      for (int trial = 0; trial < 3; trial++) {
        assertThat(hub.ledger.execute(next, transactions, some()).orThrow()).isEqualTo(without);
      }
      without.receipts().forEach(each -> outcomes.merge(each.code(), 1, Integer::sum));
      hub.block(transactions.toArray(Transaction[]::new));
    }
  }

  private static final Claim NOTHING = new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);

  @Test
  void anyAnswersInAnyOrderGiveTheSameResult() {
    Map<String, Integer> outcomes = new TreeMap<>();
    int used = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      PrevalidationTest fresh = new PrevalidationTest();
      History history = fresh.new History(seed);
      fresh.hub.binding.used = 0;
      try {
        for (int i = 0; i < BLOCKS; i++) {
          history.block();
          used += fresh.hub.binding.used;
        }
      } catch (AssertionError failed) {
        throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
      }
      history.outcomes.forEach((code, count) -> outcomes.merge(code, count, Integer::sum));
    }
    assertThat(used).as("answers that saved work").isPositive();
    assertThat(outcomes)
        .containsKeys("ok", "unknown-transfer", "unknown-height", "bad-prev", "no-deposit");
  }
}
