package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.HtlcSpends.Spending;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.ScriptFlags;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxId;
import fr.acinq.bitcoin.TxOut;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Our script, signatures and readings against spends that were checked with an independent script
 * interpreter ({@code vectors/htlc-spend-vectors.json}, made for this project), and what we make
 * against that interpreter.
 */
class HtlcVectorsTest {
  private static final UtxoNetwork NETWORK = UtxoNetwork.BITCOIN_REGTEST;

  static Stream<Vector> vectors() {
    try (InputStream in =
        Objects.requireNonNull(
            HtlcVectorsTest.class.getResourceAsStream("/vectors/htlc-spend-vectors.json"))) {
      List<Vector> all = new ArrayList<>();
      new JsonMapper().readTree(in.readAllBytes()).forEach(node -> all.add(new Vector(node)));
      assertThat(all).hasSize(12);
      return all.stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<Vector> p2wsh() {
    return vectors().filter(vector -> vector.name().startsWith("p2wsh"));
  }

  record Vector(JsonNode node) {
    String name() {
      return node.path("name").stringValue();
    }

    Bytes bytes(String field) {
      return Bytes.fromHex(node.path(field).stringValue());
    }

    BitcoinTransaction transaction() {
      return BitcoinTransaction.parse(bytes("tx")).orThrow();
    }

    long value() {
      return node.path("prevout_value").longValue();
    }

    SecretKey key(String role) {
      return SecretKey.of(bytes(role + "_privkey"));
    }

    /** Of the secret that the script wants; one vector wants 33 bytes. */
    Hash32 hash() {
      return node.has("secret33") && !name().contains("nosize")
          ? Digests.sha256(bytes("secret33"))
          : new Hash32(bytes("sha256_hash"));
    }

    HtlcTerms terms() {
      return new HtlcTerms(
          NETWORK.coin(),
          Amount.of(value()),
          hash(),
          key("claim").publicKey().compressed(),
          key("refund").publicKey().compressed(),
          1_900_000_000L);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /** Whether the interpreter accepts {@code raw} as spending one output. */
  private static void interpret(Bytes raw, Bytes script, long value) {
    Transaction transaction = Transaction.read(raw.toArray());
    TxOut output = new TxOut(new Satoshi(value), new ByteVector(script.toArray()));
    transaction.correctlySpends(
        Map.of(transaction.txIn.getFirst().outPoint, output),
        ScriptFlags.STANDARD_SCRIPT_VERIFY_FLAGS);
  }

  @ParameterizedTest
  @MethodSource("p2wsh")
  void scriptsAreOurs(Vector vector) {
    HtlcScript script = HtlcScript.of(vector.terms(), NETWORK).orThrow();
    boolean ours = !vector.name().contains("nosize");
    assertThat(script.script().equals(vector.bytes("witness_script"))).isEqualTo(ours);
    assertThat(script.outputScript().equals(vector.bytes("prevout_spk"))).isEqualTo(ours);
    assertThat(script.script().size()).isEqualTo(HtlcScript.SIZE);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsWhatWasRevealed(Vector vector) {
    Hash32 hash = new Hash32(vector.bytes("sha256_hash"));
    Optional<Hash32> found = HtlcSpends.preimageIn(vector.transaction(), hash);
    // a secret of 33 bytes is revealed by the script without a size check, which is not ours
    boolean revealed =
        vector.node().path("secret_revealed").booleanValue() && !vector.name().contains("nosize");
    assertThat(found)
        .isEqualTo(revealed ? Optional.of(new Hash32(vector.bytes("secret"))) : Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("p2wsh")
  void classifiesSpends(Vector vector) {
    BitcoinTransaction transaction = vector.transaction();
    Spending spending =
        HtlcSpends.classify(
            HtlcScript.of(vector.terms(), NETWORK).orThrow(),
            transaction.inputs().getFirst().outPoint(),
            vector.value(),
            transaction);
    assertThat(spending)
        .isEqualTo(
            switch (vector.name()) {
              case "p2wsh-rfc005-claim" ->
                  new Spending.WithPreimage(new Hash32(vector.bytes("secret")));
              // its sequence makes it invalid on the chain, but the refunder did sign it
              case "p2wsh-rfc005-refund", "p2wsh-refund-final-sequence" -> new Spending.ByRefund();
              default -> new Spending.Unknown();
            });
  }

  @ParameterizedTest
  @MethodSource("p2wsh")
  void theInterpreterAgreesWithTheVectors(Vector vector) {
    assertThatCode(
            () -> {
              if (vector.node().path("consensus_valid").booleanValue()) {
                interpret(vector.bytes("tx"), vector.bytes("prevout_spk"), vector.value());
              } else {
                assertThatThrownBy(
                        () ->
                            interpret(
                                vector.bytes("tx"), vector.bytes("prevout_spk"), vector.value()))
                    .isInstanceOf(RuntimeException.class);
              }
            })
        .doesNotThrowAnyException();
  }

  private static final SecretKey ALICE = RegtestChain.key("alice");
  private static final SecretKey BOB = RegtestChain.key("bob");
  private static final Hash32 SECRET = RegtestChain.preimage("oracle");
  private static final long VALUE = 1_000_000;
  private static final HtlcSigner.Lock LOCK =
      new HtlcSigner.Lock(new OutPoint(Digests.sha256(Bytes.utf8("a lock")), 7), VALUE);
  private static final HtlcSigner.Fees FEES = new HtlcSigner.Fees(10_000, 0, 500_000);

  private static HtlcScript script() {
    return new HtlcScript(
        Digests.sha256(SECRET.bytes()),
        Digests.hash160(BOB.publicKey().compressed()),
        Digests.hash160(ALICE.publicKey().compressed()),
        1_900_000_000L);
  }

  @Test
  void theInterpreterAcceptsOurClaimAndRefund() {
    HtlcSigner signer = new HtlcSigner(NETWORK);
    SignedTransaction claim = signer.claim(script(), LOCK, SECRET, BOB, FEES);
    SignedTransaction refund = signer.refund(script(), LOCK, ALICE, FEES);
    interpret(claim.raw(), script().outputScript(), VALUE);
    interpret(refund.raw(), script().outputScript(), VALUE);
    assertThat(Transaction.read(claim.raw().toArray()).txid)
        .isEqualTo(new TxId(claim.id().toReversedHex()));

    BitcoinTransaction parsed = BitcoinTransaction.parse(claim.raw()).orThrow();
    assertThat(parsed.outputs().getFirst().value()).isEqualTo(VALUE - claim.fee().toLong());
    // sized for the longest signature, so never below the asked rate and little above
    assertThat(claim.fee().toLong()).isBetween(parsed.virtualSize() * 10, 1_450L);
    assertThat(parsed.virtualSize()).isBetween(141L, 144L);
  }

  @Test
  void theInterpreterRefusesWhatItMust() {
    HtlcSigner signer = new HtlcSigner(NETWORK);
    Bytes output = script().outputScript();
    SignedTransaction wrongSecret =
        signer.claim(script(), LOCK, RegtestChain.preimage("wrong"), BOB, FEES);
    SignedTransaction wrongClaimer = signer.claim(script(), LOCK, SECRET, ALICE, FEES);
    SignedTransaction wrongRefunder = signer.refund(script(), LOCK, BOB, FEES);
    for (SignedTransaction bad : List.of(wrongSecret, wrongClaimer, wrongRefunder)) {
      assertThatThrownBy(() -> interpret(bad.raw(), output, VALUE))
          .isInstanceOf(RuntimeException.class);
    }
    SignedTransaction good = signer.claim(script(), LOCK, SECRET, BOB, FEES);
    assertThatThrownBy(() -> interpret(good.raw(), output, VALUE + 1))
        .as("the amount is signed")
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void aNodeCannotPassOffAClaimAsARefund() {
    BitcoinTransaction claim =
        BitcoinTransaction.parse(
                new HtlcSigner(NETWORK).claim(script(), LOCK, SECRET, BOB, FEES).raw())
            .orThrow();
    // the id does not cover the witness: a lying node puts one of its own in
    List<Bytes> invented =
        List.of(
            claim.inputs().getFirst().witness().getFirst(),
            ALICE.publicKey().compressed(),
            Bytes.EMPTY,
            script().script());
    TxInput input = claim.inputs().getFirst().withWitness(invented);
    BitcoinTransaction forged =
        new BitcoinTransaction(2, List.of(input), claim.outputs(), claim.lockTime());
    assertThat(forged.txId()).isEqualTo(claim.txId());
    assertThat(classify(forged)).isEqualTo(new Spending.Unknown());
    assertThat(classify(claim)).isEqualTo(new Spending.WithPreimage(SECRET));
    // with the lock time of a refund it is another transaction, and still not signed
    assertThat(classify(new BitcoinTransaction(2, List.of(input), claim.outputs(), 1_900_000_000L)))
        .isEqualTo(new Spending.Unknown());
  }

  private static Spending classify(BitcoinTransaction transaction) {
    return HtlcSpends.classify(script(), LOCK.outPoint(), LOCK.value(), transaction);
  }

  @Test
  void thePreimageIsFoundWhereverItStands() {
    BitcoinTransaction claim =
        BitcoinTransaction.parse(
                new HtlcSigner(NETWORK).claim(script(), LOCK, SECRET, BOB, FEES).raw())
            .orThrow();
    Bytes decoy = RegtestChain.preimage("decoy").bytes();
    TxInput own = claim.inputs().getFirst();
    TxInput before =
        TxInput.unsigned(new OutPoint(SECRET, 0), 0).withWitness(List.of(decoy, decoy));
    List<Bytes> shuffled = new ArrayList<>(own.witness());
    shuffled.addFirst(decoy);
    shuffled.add(Bytes.concat(Bytes.fromHex("50"), decoy)); // like an annex
    assertThat(
            classify(
                new BitcoinTransaction(
                    2, List.of(before, own.withWitness(shuffled)), claim.outputs(), 0)))
        .isEqualTo(new Spending.WithPreimage(SECRET));
    // and in another input of the same transaction
    assertThat(
            classify(
                new BitcoinTransaction(
                    2,
                    List.of(before.withWitness(own.witness()), own.withWitness(List.of(decoy))),
                    claim.outputs(),
                    0)))
        .isEqualTo(new Spending.WithPreimage(SECRET));
  }
}
