package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.CustodyFixture.CHAIN;
import static dev.trestle.lightclient.bitcoin.CustodyFixture.payout;
import static dev.trestle.lightclient.bitcoin.CustodyFixture.spent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules.Coin;
import dev.trestle.lightclient.CustodyRules.Committee;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.CustodyRules.DepositTerms;
import dev.trestle.lightclient.CustodyRules.MemberSignatures;
import dev.trestle.lightclient.CustodyRules.Payout;
import dev.trestle.lightclient.CustodyRules.ReleasePlan;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaprootCustodyTest {
  private final CustodyFixture four = new CustodyFixture(4, 3);

  @Test
  void everyQuorumSpendsDepositsAndRestingCoinsAndTheFeeIsExact() {
    for (int[] size : new int[][] {{4, 3}, {7, 5}, {20, 17}}) {
      CustodyFixture fixture = new CustodyFixture(size[0], size[1]);
      ReleasePlan plan =
          fixture.plan(
              List.of(
                  fixture.depositCoin("a", 60_000),
                  fixture.restingCoin("b", 80_000),
                  fixture.depositCoin("c", 70_000)),
              200_000,
              7);
      for (int absent = 0; absent <= size[0] - size[1]; absent++) {
        int[] signers = new int[size[1]];
        for (int i = 0; i < signers.length; i++) {
          signers[i] = i + absent;
        }
        Bytes signed =
            fixture
                .rules
                .assemble(fixture.committee, plan, fixture.signatures(plan, signers))
                .orThrow();
        assertThat(Oracle.spends(signed, spent(plan))).isTrue();
        assertThat(fixture.rules.executes(signed, plan)).isTrue();
        long size2 = BitcoinTransaction.parse(signed).orThrow().virtualSize();
        assertThat(plan.fee()).isEqualTo(Amount.of(7 * size2));
      }
    }
  }

  @Test
  void inputsOutputsAndChangeAreInACanonicalForm() {
    List<Coin> coins = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      coins.add(four.depositCoin("t" + i, 10_000 + 1_000 * (i % 5)));
    }
    ReleasePlan plan = four.plan(coins, 45_000, 2);
    for (int seed = 0; seed < 50; seed++) {
      Collections.shuffle(coins, new Random(seed));
      assertThat(four.plan(coins, 45_000, 2)).as("seed " + seed).isEqualTo(plan);
    }
    BitcoinTransaction unsigned = BitcoinTransaction.parse(plan.unsigned()).orThrow();
    assertThat(unsigned.version()).isEqualTo(2);
    assertThat(unsigned.inputs()).allMatch(input -> input.sequence() == 0xffff_fffdL);
    List<OutPoint> outPoints = unsigned.inputs().stream().map(TxInput::outPoint).toList();
    assertThat(outPoints).isSorted().hasSize(4);
    assertThat(unsigned.outputs().getFirst())
        .isEqualTo(new TxOutput(45_000 - plan.fee().toLong(), CustodyFixture.P2WPKH));
    Coin change = four.rules.change(four.committee, plan).getFirst();
    assertThat(change.lock()).isEqualTo(four.rules.restingLock(CHAIN, four.committee));
    assertThat(change.txId()).isEqualTo(unsigned.txId());
    assertThat(unsigned.outputs().get(1))
        .isEqualTo(new TxOutput(change.amount().toLong(), change.lock().script()));
    ReleasePlan next = four.plan(List.of(change), change.amount().toLong(), 2);
    assertThat(four.rules.change(four.committee, next)).isEmpty();
    Bytes signed =
        four.rules.assemble(four.committee, next, four.signatures(next, 0, 2, 3)).orThrow();
    assertThat(Oracle.spends(signed, spent(next))).isTrue();
  }

  @Test
  void twoReleasesNeverGiveTheSameTransaction() {
    List<Coin> coins = List.of(four.restingCoin("x", 50_000));
    ReleasePlan one = plan(coins, payout("one", 40_000), 2).orThrow();
    ReleasePlan two = plan(coins, payout("two", 40_000), 2).orThrow();
    assertThat(one.unsigned()).isNotEqualTo(two.unsigned());
    assertThat(four.rules.executes(one.unsigned(), two)).isFalse();
    long lockTime = BitcoinTransaction.parse(one.unsigned()).orThrow().lockTime();
    assertThat(lockTime).isBetween(500_000_000L, 1_199_999_999L);
  }

  @Test
  void whatCannotBePaidIsRefused() {
    List<Coin> coins = List.of(four.restingCoin("x", 50_000));
    assertThat(code(plan(coins, payout("r", 50_001), 2))).isEqualTo("not-covered");
    assertThat(code(plan(coins, payout("r", 49_900), 2))).isEqualTo("dust");
    assertThat(code(plan(coins, payout("r", 500), 2))).isEqualTo("dust");
    assertThat(code(plan(coins, payout("r", 0), 2))).isEqualTo("bad-amount");
    assertThat(code(plan(coins, payout("r", 40_000), 0))).isEqualTo("bad-fee-rate");
    assertThat(code(plan(coins, payout("r", 40_000), 2_001))).isEqualTo("bad-fee-rate");
    assertThat(code(plan(List.of(), payout("r", 40_000), 2))).isEqualTo("not-covered");
    List<Coin> twice = List.of(coins.getFirst(), coins.getFirst());
    assertThat(code(plan(twice, payout("r", 90_000), 2))).isEqualTo("duplicate-coin");
    Coin foreign = new CustodyFixture(5, 4).restingCoin("x", 50_000);
    assertThat(code(plan(List.of(foreign), payout("r", 40_000), 2))).isEqualTo("foreign-coin");
    Payout data = new Payout(Hash32.ZERO, Bytes.fromHex("6a0101"), Amount.of(40_000));
    assertThat(code(plan(coins, data, 2))).isEqualTo("not-payable");
    Payout elsewhere = payout("r", 40_000);
    assertThat(
            code(
                four.rules.plan(
                    dev.trestle.base.ChainId.parse("eip155:1"),
                    four.committee,
                    coins,
                    elsewhere,
                    2)))
        .isEqualTo("unknown-chain");
  }

  private Verdict<ReleasePlan> plan(List<Coin> coins, Payout payout, long feeRate) {
    return four.rules.plan(CHAIN, four.committee, coins, payout, feeRate);
  }

  private static String code(Verdict<?> verdict) {
    return TestClient.code(verdict);
  }

  @Test
  void aCoinWithAForgedLockIsForeign() {
    Coin good = four.depositCoin("a", 50_000);
    DepositLock lock = good.lock();
    Bytes otherScript = four.deposit("b").script();
    List<DepositLock> forged =
        List.of(
            new DepositLock(
                otherScript, lock.address(), lock.spendingScript(), lock.controlBlock()),
            new DepositLock(lock.script(), "bcrt1qqqq", lock.spendingScript(), lock.controlBlock()),
            new DepositLock(lock.script(), lock.address(), Bytes.EMPTY, lock.controlBlock()),
            new DepositLock(lock.script(), lock.address(), lock.spendingScript(), Bytes.EMPTY));
    for (DepositLock each : forged) {
      Coin coin = new Coin(good.txId(), 1, good.amount(), each);
      assertThat(code(plan(List.of(coin), payout("r", 40_000), 2))).isEqualTo("foreign-coin");
    }
  }

  @Test
  void onlyExactlyTheThresholdOfDistinctMembersAssembles() {
    ReleasePlan plan = four.plan(List.of(four.depositCoin("a", 50_000)), 40_000, 2);
    assertThat(code(assemble(plan, four.signatures(plan, 0, 1)))).isEqualTo("wrong-signers");
    assertThat(code(assemble(plan, four.signatures(plan, 0, 1, 2, 3)))).isEqualTo("wrong-signers");
    assertThat(code(assemble(plan, four.signatures(plan, 0, 1, 1)))).isEqualTo("wrong-signers");
    List<MemberSignatures> lent = four.signatures(plan, 0, 1);
    lent.add(new MemberSignatures(2, four.sign(plan, 1)));
    assertThat(code(assemble(plan, lent))).as("member 1 counted twice").isEqualTo("bad-signature");
    List<MemberSignatures> unknown = four.signatures(plan, 0, 1);
    unknown.add(new MemberSignatures(4, four.sign(plan, 1)));
    assertThat(code(assemble(plan, unknown))).isEqualTo("bad-signature");
    List<MemberSignatures> none = four.signatures(plan, 0, 1);
    none.add(new MemberSignatures(2, List.of()));
    assertThat(code(assemble(plan, none))).isEqualTo("bad-signature");
    assertThat(four.rules.verifySignatures(four.committee, plan, 1, four.sign(plan, 1))).isTrue();
    assertThat(four.rules.verifySignatures(four.committee, plan, 2, four.sign(plan, 1))).isFalse();
    assertThat(four.rules.verifySignatures(four.committee, plan, -1, List.of())).isFalse();
  }

  private Verdict<Bytes> assemble(ReleasePlan plan, List<MemberSignatures> signatures) {
    return four.rules.assemble(four.committee, plan, signatures);
  }

  @Test
  void aPlanThatSaysOneThingAndDoesAnotherIsNotSigned() {
    ReleasePlan plan = four.plan(List.of(four.depositCoin("a", 50_000)), 40_000, 2);
    BitcoinTransaction honest = BitcoinTransaction.parse(plan.unsigned()).orThrow();
    TxOutput payout = honest.outputs().getFirst();
    List<TxOutput> thief =
        List.of(payout, new TxOutput(honest.outputs().get(1).value(), payout.script()));
    BitcoinTransaction stolen =
        new BitcoinTransaction(2, honest.inputs(), thief, honest.lockTime());
    List<ReleasePlan> bad =
        List.of(
            new ReleasePlan(stolen.serialize(), plan.inputs(), plan.payout(), plan.fee()),
            new ReleasePlan(plan.unsigned(), plan.inputs(), payout("other", 40_000), plan.fee()),
            new ReleasePlan(plan.unsigned(), plan.inputs(), plan.payout(), Amount.of(1)),
            new ReleasePlan(plan.unsigned(), List.of(), plan.payout(), plan.fee()),
            new ReleasePlan(Bytes.EMPTY, plan.inputs(), plan.payout(), plan.fee()));
    for (ReleasePlan each : bad) {
      assertThatThrownBy(() -> four.rules.signingDigests(four.committee, each))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(code(assemble(each, four.signatures(plan, 0, 1, 2))))
          .isEqualTo("inconsistent-plan");
      assertThat(four.rules.verifySignatures(four.committee, each, 0, four.sign(plan, 0)))
          .isFalse();
    }
  }

  @Test
  void depositsAreFoundInProvenTransactionsOnly() {
    DepositLock lock = four.deposit("a");
    TxInput input = TxInput.unsigned(new OutPoint(CustodyFixture.hash("in"), 0), 0xffffffffL);
    List<TxOutput> outputs =
        List.of(
            new TxOutput(5_000, lock.script()),
            new TxOutput(7_000, four.deposit("b").script()),
            new TxOutput(6_000, lock.script()));
    BitcoinTransaction paying = new BitcoinTransaction(2, List.of(input), outputs, 0);
    assertThat(four.rules.coinsPaidTo(paying.serialize(), lock).orThrow())
        .containsExactly(
            new Coin(paying.txId(), 0, Amount.of(5_000), lock),
            new Coin(paying.txId(), 2, Amount.of(6_000), lock));
    assertThat(code(four.rules.coinsPaidTo(paying.serialize(), four.deposit("c"))))
        .isEqualTo("not-paid");
    assertThat(code(four.rules.coinsPaidTo(Bytes.fromHex("00"), lock))).isEqualTo("malformed");
    TxInput nothing =
        new TxInput(
            new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX), Bytes.fromHex("5151"), 0, List.of());
    BitcoinTransaction coinbase = new BitcoinTransaction(2, List.of(nothing), outputs, 0);
    assertThat(code(four.rules.coinsPaidTo(coinbase.serialize(), lock))).isEqualTo("coinbase");
  }

  /** Whoever signed it: the depositor, or the committee with any witness. */
  @Test
  void whatSpendsACoinIsReadFromExactlyOneTransaction() {
    Coin coin = four.depositCoin("a", 50_000);
    ReleasePlan plan = four.plan(List.of(coin, four.restingCoin("b", 60_000)), 90_000, 2);
    Bytes signed =
        four.rules.assemble(four.committee, plan, four.signatures(plan, 0, 1, 2)).orThrow();
    Bytes otherwise =
        four.rules.assemble(four.committee, plan, four.signatures(plan, 1, 2, 3)).orThrow();
    assertThat(otherwise).isNotEqualTo(signed);
    for (Bytes spending : List.of(signed, otherwise, plan.unsigned())) {
      assertThat(four.rules.spends(spending, coin)).isTrue();
      assertThat(four.rules.executes(spending, plan)).isTrue();
    }
    OutPoint outPoint = new OutPoint(coin.txId(), coin.outputIndex());
    BitcoinTransaction refund =
        new BitcoinTransaction(
            2,
            List.of(TxInput.unsigned(outPoint, 144)),
            List.of(new TxOutput(49_000, CustodyFixture.P2WPKH)),
            0);
    assertThat(four.rules.spends(refund.serialize(), coin)).isTrue();
    assertThat(four.rules.executes(refund.serialize(), plan)).isFalse();
    Coin neighbour = new Coin(coin.txId(), coin.outputIndex() + 1, coin.amount(), coin.lock());
    assertThat(four.rules.spends(signed, neighbour)).isFalse();
    assertThat(four.rules.spends(signed, four.depositCoin("c", 50_000))).isFalse();
    Bytes raw = refund.serialize();
    for (Bytes broken :
        List.of(
            Bytes.EMPTY, raw.slice(0, raw.size() - 1), Bytes.concat(raw, Bytes.fromHex("00")))) {
      assertThat(four.rules.spends(broken, coin)).isFalse();
    }
  }

  @Test
  void badTermsAndKeysAreRefused() {
    Hash32 offCurve = offCurve();
    Hash32 key = CustodyFixture.DEPOSITOR.publicKey().xOnly();
    assertThat(code(lock(new DepositTerms(Hash32.ZERO, offCurve, 144)))).isEqualTo("bad-key");
    assertThat(code(lock(new DepositTerms(Hash32.ZERO, key, 71)))).isEqualTo("bad-refund-delay");
    assertThat(code(lock(new DepositTerms(Hash32.ZERO, key, 65_536))))
        .isEqualTo("bad-refund-delay");
    List<Hash32> members = new ArrayList<>(four.committee.members());
    members.set(3, offCurve);
    Committee bad = new Committee(1, members, 3);
    assertThat(code(four.rules.depositLock(CHAIN, bad, CustodyFixture.terms("a"))))
        .isEqualTo("bad-key");
    assertThatThrownBy(() -> four.rules.restingLock(CHAIN, bad))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Verdict<DepositLock> lock(DepositTerms terms) {
    return four.rules.depositLock(CHAIN, four.committee, terms);
  }

  private static Hash32 offCurve() {
    Hash32 candidate = CustodyFixture.hash("off the curve");
    while (TaprootOutput.isXOnlyKey(candidate)) {
      candidate = CustodyFixture.hash(candidate.toHex());
    }
    return candidate;
  }

  @Test
  void standardScriptsArePayable() {
    Bytes hash = Bytes.wrap(new byte[20]);
    assertThat(
            List.of(
                OutputScript.p2pkh(hash),
                OutputScript.p2sh(hash),
                OutputScript.p2wpkh(hash),
                OutputScript.p2wsh(hash),
                OutputScript.p2tr(TaprootOutput.NUMS_KEY)))
        .allMatch(script -> four.rules.isPayable(CHAIN, script));
    assertThat(four.rules.payableForms())
        .allMatch(script -> four.rules.isPayable(CHAIN, script))
        .extracting(script -> OutputScript.classify(script).orElseThrow())
        .containsExactly(OutputScript.Type.values());
    List<Coin> coins = List.of(four.restingCoin("least", 50_330));
    assertThat(four.rules.leastChange()).isEqualTo(Amount.of(330));
    assertThat(plan(coins, payout("r", 50_000), 2).isAccepted()).isTrue();
    assertThat(code(plan(coins, payout("r", 50_001), 2))).isEqualTo("dust");
    assertThat(
            List.of(
                Bytes.EMPTY,
                Bytes.fromHex("6a"),
                Bytes.fromHex("51024e73"),
                OutputScript.p2tr(offCurve()),
                Bytes.concat(OutputScript.p2pkh(hash), Bytes.fromHex("51"))))
        .noneMatch(script -> four.rules.isPayable(CHAIN, script));
  }

  /** What the ledger's reserve pays for further coins is never more than they cost. */
  @Test
  void eachFurtherCoinCostsTheSame() {
    for (long rate : new long[] {1, 2, 50}) {
      long each = four.rules.inputFee(CHAIN, four.committee, rate).toLong();
      long one = fee(1, rate);
      for (int inputs : new int[] {2, 3, 17, 64}) {
        long more = fee(inputs, rate) - one;
        assertThat(more).isBetween((inputs - 1) * each, (inputs - 1) * each + inputs * rate);
      }
    }
  }

  private long fee(int inputs, long rate) {
    List<Coin> coins =
        IntStream.range(0, inputs).mapToObj(i -> four.restingCoin("coin " + i, 100_000)).toList();
    return plan(coins, payout("r", 100_000L * inputs - 50_000), rate).orThrow().fee().toLong();
  }
}
