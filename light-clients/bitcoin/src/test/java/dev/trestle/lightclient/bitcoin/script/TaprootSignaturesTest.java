package dev.trestle.lightclient.bitcoin.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.Vectors;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.ByteVector32;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxOut;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Digests of every hash type, annexes, and which witness is signed and which is not. */
class TaprootSignaturesTest {
  private static final int[] TYPES = {0x00, 0x01, 0x02, 0x03, 0x81, 0x82, 0x83};

  @Test
  void everyHashTypeOfTheWalletVectors() {
    JsonNode file = Vectors.json("bip341/wallet-test-vectors.json").get("keyPathSpending").get(0);
    Bytes raw = Vectors.hex(file.get("given").get("rawUnsignedTx"));
    BitcoinTransaction transaction = BitcoinTransaction.parse(raw).orThrow();
    List<TxOutput> spent =
        StreamSupport.stream(file.get("given").get("utxosSpent").spliterator(), false)
            .map(
                utxo ->
                    new TxOutput(
                        utxo.get("amountSats").asLong(), Vectors.hex(utxo.get("scriptPubKey"))))
            .toList();
    int count = 0;
    for (JsonNode each : file.get("inputSpending")) {
      JsonNode given = each.get("given");
      int input = given.get("txinIndex").asInt();
      Hash32 digest =
          TaprootDigest.of(
                  transaction,
                  input,
                  spent,
                  given.get("hashType").asInt(),
                  Optional.empty(),
                  Optional.empty())
              .orElseThrow();
      assertThat(digest.toHex()).isEqualTo(each.get("intermediary").get("sigHash").asString());

      SecretKey internal = SecretKey.of(Vectors.hex(given.get("internalPrivkey")));
      SecretKey even =
          internal.publicKey().hasEvenY() ? internal : Secp256k1.instance().negate(internal);
      Hash32 tweak = new Hash32(Vectors.hex(each.get("intermediary").get("tweak")));
      SecretKey tweaked = Secp256k1.instance().tweakAdd(even, tweak).orElseThrow();
      assertThat(tweaked.exposeForStorage())
          .isEqualTo(Vectors.hex(each.get("intermediary").get("tweakedPrivkey")));
      Bytes witness = Vectors.hex(each.get("expected").get("witness").get(0));
      assertThat(Secp256k1.instance().signSchnorr(digest, tweaked, Hash32.ZERO).bytes())
          .isEqualTo(witness.slice(0, 64));
      assertThat(
              TaprootWitness.isSigned(
                  transaction,
                  input,
                  spent,
                  tweaked.publicKey().xOnly(),
                  witness,
                  Optional.empty(),
                  Optional.empty()))
          .isTrue();
      count++;
    }
    Vectors.report("bip341 keyPathSpending", count);
    assertThat(count).isEqualTo(7);
  }

  /**
   * Bitcoin Core's own cases: what it accepts is signed, what it refuses for a signature is not.
   */
  @Test
  void functionalCases() throws IOException {
    int accepted = 0;
    int refused = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        TaprootSignaturesTest.class.getResourceAsStream(
                            "/vectors/bip341/taproot-functional-subset.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line : lines.lines().toList()) {
        JsonNode each = new JsonMapper().readTree(line);
        String comment = each.get("comment").asString();
        assertThat(isSpent(each, each.get("success"))).as(comment).isTrue();
        accepted++;
        if (each.has("failure")) {
          assertThat(isSpent(each, each.get("failure"))).as(comment).isFalse();
          refused++;
        }
      }
    }
    Vectors.report("Bitcoin Core's Taproot cases, accepted", accepted);
    Vectors.report("Bitcoin Core's Taproot cases, refused", refused);
    assertThat(accepted).isGreaterThan(60);
    assertThat(refused).isGreaterThan(40);
  }

  private static boolean isSpent(JsonNode each, JsonNode how) {
    List<Bytes> witness = new ArrayList<>();
    how.get("witness").forEach(item -> witness.add(Vectors.hex(item)));
    List<TxOutput> spent = new ArrayList<>();
    for (JsonNode prevout : each.get("prevouts")) {
      var in = new dev.trestle.lightclient.bitcoin.tx.WireReader(Vectors.hex(prevout));
      spent.add(new TxOutput(in.i64(), in.bytes()));
    }
    int input = each.get("index").asInt();
    BitcoinTransaction transaction =
        BitcoinTransaction.parse(Vectors.hex(each.get("tx"))).orThrow();
    Bytes output = spent.get(input).script();
    Optional<TaprootWitness> read = TaprootWitness.read(witness);
    if (!how.get("scriptSig").asString().isEmpty() || read.isEmpty()) {
      return false;
    }
    return switch (read.get()) {
      case TaprootWitness.KeyPath(Bytes signature, Optional<Bytes> annex) ->
          TaprootWitness.isSigned(
              transaction,
              input,
              spent,
              new Hash32(output.slice(2, 34)),
              signature,
              annex,
              Optional.empty());
      case TaprootWitness.ScriptPath(
              List<Bytes> stack,
              Bytes script,
              Bytes control,
              Optional<Bytes> annex) ->
          stack.size() == 1
              && script.size() == 34
              && TaprootOutput.commits(output, script, control)
              && TaprootWitness.isSigned(
                  transaction,
                  input,
                  spent,
                  new Hash32(script.slice(1, 33)),
                  stack.getFirst(),
                  annex,
                  Optional.of(TaprootDigest.Leaf.of(TapTree.Leaf.of(script).hash())));
    };
  }

  @Test
  void digestsOfRandomTransactionsAreTheOnesOfTheOtherImplementation() {
    long seed = 0x341_0001L;
    System.out.println("TaprootSignaturesTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 120; round++) {
      int inputs = 1 + random.nextInt(4);
      int outputs = 1 + random.nextInt(4);
      List<TxInput> in = new ArrayList<>();
      List<TxOutput> spent = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        OutPoint outPoint = new OutPoint(random32(random), random.nextInt(5));
        in.add(TxInput.unsigned(outPoint, random.nextInt() & 0xffff_ffffL));
        spent.add(output(random));
      }
      List<TxOutput> out = new ArrayList<>();
      for (int i = 0; i < outputs; i++) {
        out.add(output(random));
      }
      BitcoinTransaction transaction =
          new BitcoinTransaction(2, in, out, random.nextInt() & 0xffff_ffffL);
      int input = random.nextInt(inputs);
      Optional<Bytes> annex =
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(
                  Bytes.concat(
                      Bytes.fromHex("50"), random32(random).bytes().slice(0, random.nextInt(32))));
      Optional<TaprootDigest.Leaf> leaf =
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(TaprootDigest.Leaf.of(random32(random)));
      for (int type : TYPES) {
        Optional<Hash32> digest = TaprootDigest.of(transaction, input, spent, type, annex, leaf);
        if ((type & 3) == 3 && input >= outputs) {
          assertThat(digest).as("SINGLE without its output").isEmpty();
        } else {
          assertThat(digest).contains(oracle(transaction, input, spent, type, annex, leaf));
        }
      }
      for (int bad : new int[] {0x04, 0x80, 0x84, 0xff}) {
        assertThat(TaprootDigest.of(transaction, input, spent, bad, annex, leaf)).isEmpty();
      }
    }
  }

  private static Hash32 oracle(
      BitcoinTransaction transaction,
      int input,
      List<TxOutput> spent,
      int type,
      Optional<Bytes> annex,
      Optional<TaprootDigest.Leaf> leaf) {
    List<TxOut> outputs =
        spent.stream()
            .map(
                each ->
                    new TxOut(new Satoshi(each.value()), new ByteVector(each.script().toArray())))
            .toList();
    ByteVector item = annex.map(bytes -> new ByteVector(bytes.toArray())).orElse(null);
    Transaction read = Transaction.read(transaction.serialize().toArray());
    return Hash32.wrap(
        (leaf.isPresent()
                ? read.hashForSigningTaprootScriptPath(
                    input, outputs, type, new ByteVector32(leaf.get().hash().toArray()), item)
                : read.hashForSigningTaprootKeyPath(input, outputs, type, item))
            .toByteArray());
  }

  private static TxOutput output(Random random) {
    return new TxOutput(
        random.nextInt(1_000_000), random32(random).bytes().slice(0, random.nextInt(32)));
  }

  private static Hash32 random32(Random random) {
    byte[] raw = new byte[32];
    random.nextBytes(raw);
    return Hash32.wrap(raw);
  }

  @Test
  void anAnnexIsOnlyTheLastOfSeveralItems() {
    Bytes annex = Bytes.fromHex("5001");
    assertThat(TaprootWitness.read(List.of())).isEmpty();
    assertThat(TaprootWitness.read(List.of(annex)))
        .contains(new TaprootWitness.KeyPath(annex, Optional.empty()));
    Bytes item = Bytes.fromHex("aa");
    assertThat(TaprootWitness.read(List.of(item, annex)))
        .contains(new TaprootWitness.KeyPath(item, Optional.of(annex)));
    assertThat(TaprootWitness.read(List.of(annex, item)))
        .contains(new TaprootWitness.ScriptPath(List.of(), annex, item, Optional.empty()));
    assertThat(TaprootWitness.read(List.of(item, item, item, annex)))
        .contains(new TaprootWitness.ScriptPath(List.of(item), item, item, Optional.of(annex)));
    assertThat(TaprootWitness.read(List.of(item, Bytes.EMPTY)))
        .contains(new TaprootWitness.ScriptPath(List.of(), item, Bytes.EMPTY, Optional.empty()));
  }
}
