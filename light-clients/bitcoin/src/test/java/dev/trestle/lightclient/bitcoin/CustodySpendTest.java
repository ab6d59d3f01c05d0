package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules.Coin;
import dev.trestle.lightclient.CustodyRules.ReleasePlan;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the scripts themselves allow, judged by the oracle: attacks that never ask our code. */
class CustodySpendTest {
  private final CustodyFixture four = new CustodyFixture(4, 3);
  private final Coin coin = four.depositCoin("a", 50_000);
  private final ReleasePlan plan = four.plan(List.of(coin), 40_000, 2);
  private final Hash32 digest = four.rules.signingDigests(four.committee, plan).getFirst();

  /** Signatures by member; -1 leaves a member's place empty, otherwise the index of who signs. */
  private boolean spendsWith(Bytes script, Bytes control, int... signerOfPlace) {
    List<Bytes> stack = new ArrayList<>();
    for (int place = signerOfPlace.length - 1; place >= 0; place--) {
      int signer = signerOfPlace[place];
      stack.add(
          signer < 0 ? Bytes.EMPTY : CustodyFixture.sign(digest, four.secrets.get(signer)).bytes());
    }
    return spends(BitcoinTransaction.parse(plan.unsigned()).orThrow(), stack, script, control);
  }

  private boolean spends(
      BitcoinTransaction unsigned, List<Bytes> stack, Bytes script, Bytes control) {
    TxInput input =
        unsigned
            .inputs()
            .getFirst()
            .withWitness(TaprootOutput.scriptPathWitness(stack, script, control));
    return Oracle.spends(
        unsigned.withInputs(List.of(input)).serialize(), CustodyFixture.spent(plan));
  }

  private boolean spendsWith(int... signerOfPlace) {
    return spendsWith(coin.lock().spendingScript(), coin.lock().controlBlock(), signerOfPlace);
  }

  @Test
  void exactlyThreeOfFourSpend() {
    assertThat(spendsWith(0, 1, 2, -1)).isTrue();
    assertThat(spendsWith(-1, 1, 2, 3)).isTrue();
    assertThat(spendsWith(0, 1, 2, 3)).as("NUMEQUAL: not one more").isFalse();
    assertThat(spendsWith(0, 1, -1, -1)).as("one less").isFalse();
    assertThat(spendsWith(-1, -1, -1, -1)).isFalse();
  }

  @Test
  void noMemberCountsTwiceAndOrderMatters() {
    assertThat(spendsWith(0, 1, 1, -1)).isFalse();
    assertThat(spendsWith(1, 0, 2, -1)).isFalse();
  }

  @Test
  void theControlBlockOfAnotherOutputDoesNotSpend() {
    Bytes script = coin.lock().spendingScript();
    Coin other = four.depositCoin("b", 50_000);
    assertThat(spendsWith(script, other.lock().controlBlock(), 0, 1, 2, -1))
        .as("another transfer's")
        .isFalse();
    Coin resting = four.restingCoin("c", 50_000);
    assertThat(spendsWith(script, resting.lock().controlBlock(), 0, 1, 2, -1)).isFalse();
    assertThat(spendsWith(script, coin.lock().controlBlock(), 0, 1, 2, -1)).isTrue();
  }

  @Test
  void theWrongLeafDoesNotSpend() {
    Bytes laxer = new CustodyFixture(4, 4).restingCoin("d", 1).lock().spendingScript();
    assertThat(spendsWith(laxer, coin.lock().controlBlock(), 0, 1, 2, 3)).isFalse();
    Bytes anyone = Bytes.fromHex("51");
    assertThat(spendsWith(anyone, coin.lock().controlBlock())).isFalse();
  }

  @Test
  void theDepositorSpendsAfterTheDelayAndNotBefore() {
    TaprootCustody.RefundPath path =
        four.rules.refundPath(four.committee, CustodyFixture.terms("a")).orThrow();
    assertThat(path.sequence()).isEqualTo(CustodyFixture.REFUND_DELAY);
    assertThat(refund(path, path.sequence(), "depositor")).isTrue();
    assertThat(refund(path, path.sequence() + 1, "depositor")).isTrue();
    assertThat(refund(path, path.sequence() - 1, "depositor")).as("early").isFalse();
    assertThat(refund(path, 0xffff_fffdL, "depositor")).as("no relative lock").isFalse();
    assertThat(refund(path, path.sequence(), "member 0")).as("another key").isFalse();
  }

  private boolean refund(TaprootCustody.RefundPath path, long sequence, String who) {
    TxInput input = TxInput.unsigned(ReleaseTransaction.outPoint(coin), sequence);
    BitcoinTransaction unsigned =
        new BitcoinTransaction(
            2, List.of(input), List.of(new TxOutput(49_000, CustodyFixture.P2WPKH)), 0);
    Hash32 toSign =
        SigHash.taprootScriptPath(
            unsigned,
            0,
            CustodyFixture.spent(plan),
            SigHash.Taproot.DEFAULT,
            TapTree.Leaf.of(path.script()));
    Bytes signature = CustodyFixture.sign(toSign, CustodyFixture.key(who)).bytes();
    return spends(unsigned, List.of(signature), path.script(), path.controlBlock());
  }

  @Test
  void digestsAreThoseOfTheOracle() {
    ReleasePlan wide =
        four.plan(List.of(four.depositCoin("x", 40_000), four.restingCoin("y", 30_000)), 60_000, 3);
    List<Hash32> digests = four.rules.signingDigests(four.committee, wide);
    for (int i = 0; i < digests.size(); i++) {
      Hash32 leaf = TapTree.Leaf.of(wide.inputs().get(i).lock().spendingScript()).hash();
      assertThat(digests.get(i))
          .isEqualTo(
              Oracle.taprootScriptPath(wide.unsigned(), i, CustodyFixture.spent(wide), 0, leaf));
    }
  }
}
