package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.CoinSelection.Choice;
import dev.trestle.adapter.bitcoin.CoinSelection.Coin;
import dev.trestle.adapter.bitcoin.CoinSelection.Need;
import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.ScriptFlags;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Coins, fees and change, checked by what comes out. */
class CoinSelectionTest {
  private static final SecretKey KEY = RegtestChain.key("payer");
  private static final Bytes OWN = Addresses.scriptOf(KEY.publicKey());
  private static final Bytes P2WSH = Addresses.witnessScriptHash(Bytes.utf8("script"));

  @Test
  void dustIsTheNodesOwnFigure() {
    assertThat(CoinSelection.dust(OWN, 3)).isEqualTo(294);
    assertThat(CoinSelection.dust(P2WSH, 3)).isEqualTo(330);
    assertThat(CoinSelection.dust(Bytes.concat(Bytes.fromHex("5120"), P2WSH.slice(2, 34)), 3))
        .isEqualTo(330);
    assertThat(CoinSelection.dust(p2pkh(), 3)).isEqualTo(546);
    assertThat(CoinSelection.dust(p2sh(), 3)).isEqualTo(540);
    assertThat(CoinSelection.dust(OWN, 30)).isEqualTo(2_940);
  }

  private static Bytes p2pkh() {
    return Bytes.concat(Bytes.fromHex("76a914"), OWN.slice(2, 22), Bytes.fromHex("88ac"));
  }

  private static Bytes p2sh() {
    return Bytes.concat(Bytes.fromHex("a914"), OWN.slice(2, 22), Bytes.fromHex("87"));
  }

  @Test
  void whatIsSignedBalancesAndSpends() {
    long seed = 20_261_125L;
    Random random = new Random(seed);
    int paid = 0;
    for (int round = 0; round < 150; round++) {
      List<Coin> coins = new ArrayList<>();
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        coins.add(
            new Coin(
                new OutPoint(Digests.sha256(Bytes.utf8(round + "/" + i)), i),
                300L + random.nextInt(200_000)));
      }
      Bytes script = List.of(OWN, P2WSH, p2pkh(), p2sh()).get(random.nextInt(4));
      long rate = 1_000L + random.nextInt(60_000);
      Need need = new Need(script, 600L + random.nextInt(400_000), rate, OWN, 294);
      Optional<Choice> choice = CoinSelection.choose(coins, need);
      String at = "seed " + seed + ", round " + round;
      if (choice.isEmpty()) {
        long all = coins.stream().mapToLong(Coin::value).sum();
        long least = FeePolicy.fee(42 + 272L * count + CoinSelection.outputWeight(script), rate);
        assertThat(all).as(at).isLessThan(need.amount() + least);
        continue;
      }
      paid++;
      check(at, choice.get(), need);
    }
    assertThat(paid).isGreaterThan(20);
  }

  private static void check(String at, Choice choice, Need need) {
    SignedTransaction signed = TransactionSigner.pay(choice, need, KEY);
    BitcoinTransaction parsed = BitcoinTransaction.parse(signed.raw()).orThrow();
    long in = choice.coins().stream().mapToLong(Coin::value).sum();
    long out = parsed.outputs().stream().mapToLong(output -> output.value()).sum();
    assertThat(in - out).as(at).isEqualTo(signed.fee().toLong()).isEqualTo(choice.fee());
    assertThat(parsed.outputs().getFirst().value()).as(at).isEqualTo(need.amount());
    assertThat(parsed.outputs().getFirst().script()).as(at).isEqualTo(need.script());
    // never below the asked rate; above it at most by the longest signatures and unpayable change
    long asked = FeePolicy.fee(parsed.weight(), need.rate());
    long spare = FeePolicy.fee(4L * choice.coins().size() + 4 * 31 + 8, need.rate()) + 294;
    assertThat(choice.fee()).as(at).isBetween(asked, asked + spare);
    Map<fr.acinq.bitcoin.OutPoint, TxOut> spent = new HashMap<>();
    Transaction read = Transaction.read(signed.raw().toArray());
    for (int i = 0; i < choice.coins().size(); i++) {
      spent.put(
          read.txIn.get(i).outPoint,
          new TxOut(new Satoshi(choice.coins().get(i).value()), new ByteVector(OWN.toArray())));
    }
    read.correctlySpends(spent, ScriptFlags.STANDARD_SCRIPT_VERIFY_FLAGS);
  }

  @Test
  void neverMoreInputsThanNodesRelay() {
    List<Coin> many = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      many.add(new Coin(new OutPoint(Digests.sha256(Bytes.utf8("many")), i), 1_000));
    }
    assertThat(CoinSelection.choose(many, new Need(OWN, 250_000, 1_000, OWN, 294))).isEmpty();
    assertThat(CoinSelection.choose(many, new Need(OWN, 100_000, 1_000, OWN, 294))).isPresent();
  }

  @Test
  void aReplacementPaysForItself() {
    long weight = 572;
    assertThat(FeePolicy.replacing(5_000, java.util.OptionalLong.empty(), weight)).isEqualTo(5_000);
    long rate = FeePolicy.replacing(5_000, java.util.OptionalLong.of(2_000), weight);
    assertThat(FeePolicy.fee(weight, rate)).isGreaterThanOrEqualTo(2_000 + 143);
  }
}
