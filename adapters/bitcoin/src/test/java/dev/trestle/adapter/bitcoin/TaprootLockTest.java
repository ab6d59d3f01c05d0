package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.TaprootFixture.ALICE;
import static dev.trestle.adapter.bitcoin.TaprootFixture.BOB;
import static dev.trestle.adapter.bitcoin.TaprootFixture.EXPIRY;
import static dev.trestle.adapter.bitcoin.TaprootFixture.FEES;
import static dev.trestle.adapter.bitcoin.TaprootFixture.LOCK;
import static dev.trestle.adapter.bitcoin.TaprootFixture.NETWORK;
import static dev.trestle.adapter.bitcoin.TaprootFixture.SECRET;
import static dev.trestle.adapter.bitcoin.TaprootFixture.SIGNER;
import static dev.trestle.adapter.bitcoin.TaprootFixture.VALUE;
import static dev.trestle.adapter.bitcoin.TaprootFixture.contract;
import static dev.trestle.adapter.bitcoin.TaprootFixture.interpret;
import static dev.trestle.adapter.bitcoin.TaprootFixture.parse;
import static dev.trestle.adapter.bitcoin.TaprootFixture.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.KeyAggregate;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The output, byte for byte, and what each party alone can do with it. */
class TaprootLockTest {
  private static final Bytes H = Digests.sha256(SECRET.bytes()).bytes();

  private static Bytes x(SecretKey key) {
    return key.publicKey().xOnly().bytes();
  }

  @Test
  void everyByteIsAsWritten() {
    TaprootLock lock = contract();
    Bytes claim =
        Bytes.concat(
            Bytes.fromHex("82012088a820"),
            H,
            Bytes.fromHex("8820"),
            x(BOB),
            Bytes.fromHex("ad51b2"));
    // 1,900,000,000 = 0x713fb300, little-endian
    Bytes refund =
        Bytes.concat(
            Bytes.fromHex("20"), x(ALICE), Bytes.fromHex("ad04"), Bytes.fromHex("00b33f71b1"));
    assertThat(lock.claimLeaf().script()).isEqualTo(claim);
    assertThat(lock.refundLeaf().script()).isEqualTo(refund);
    assertThat(claim.size()).isEqualTo(TaprootLock.CLAIM_SIZE);
    assertThat(refund.size()).isEqualTo(TaprootLock.REFUND_SIZE);

    Hash32 claimHash = tagged("TapLeaf", Bytes.concat(Bytes.fromHex("c04b"), claim));
    Hash32 refundHash = tagged("TapLeaf", Bytes.concat(Bytes.fromHex("c028"), refund));
    boolean first = claimHash.compareTo(refundHash) < 0;
    Hash32 root =
        tagged(
            "TapBranch",
            Bytes.concat(
                (first ? claimHash : refundHash).bytes(),
                (first ? refundHash : claimHash).bytes()));
    Hash32 internal =
        KeyAggregate.of(List.of(ALICE.publicKey(), BOB.publicKey())).orThrow().xOnly();
    PublicKey even = new PublicKey(Bytes.concat(Bytes.fromHex("02"), internal.bytes()));
    PublicKey key =
        Secp256k1.instance()
            .tweakAdd(even, tagged("TapTweak", Bytes.concat(internal.bytes(), root.bytes())))
            .orElseThrow();
    assertThat(lock.outputScript())
        .isEqualTo(Bytes.concat(Bytes.fromHex("5120"), key.xOnly().bytes()));
    assertThat(lock.keys().key()).isEqualTo(key);
    assertThat(lock.controlBlock(lock.claimLeaf()))
        .isEqualTo(
            Bytes.concat(
                Bytes.fromHex(key.hasEvenY() ? "c0" : "c1"), internal.bytes(), refundHash.bytes()));
    assertThat(lock.detail())
        .isEqualTo(
            Bytes.concat(
                internal.bytes(), Bytes.fromHex("4b"), claim, Bytes.fromHex("28"), refund));
    assertThat(
            new Addresses(NETWORK)
                .scriptOf(new Addresses(NETWORK).ofWitnessOutput(lock.outputScript())))
        .isEqualTo(lock.outputScript());
  }

  private static Hash32 tagged(String tag, Bytes data) {
    return Digests.tagged(tag, data);
  }

  /** The internal key, the tree and the signature of the vectors that others' software made. */
  @Test
  void theVectorsOfTheOlderLeavesAreReproducedByTheSameParts() {
    HtlcVectorsTest.vectors()
        .filter(vector -> vector.name().startsWith("p2tr"))
        .forEach(
            vector -> {
              KeyAggregate plain =
                  KeyAggregate.of(
                          List.of(
                              vector.key("refund").publicKey(), vector.key("claim").publicKey()))
                      .orThrow();
              assertThat(plain.xOnly().bytes()).isEqualTo(vector.bytes("internal_key"));
              TapTree tree =
                  new TapTree.Branch(
                      TapTree.Leaf.of(vector.bytes("claim_leaf")),
                      TapTree.Leaf.of(vector.bytes("refund_leaf")));
              assertThat(tree.hash().bytes()).isEqualTo(vector.bytes("merkle_root"));
              Hash32 tweak = TaprootOutput.tweak(plain.xOnly(), Optional.of(tree.hash()));
              assertThat(plain.tweakedXOnly(tweak).orThrow().xOnly().bytes())
                  .isEqualTo(vector.bytes("output_key"));
            });
  }

  @Test
  void termsThatAreRefused() {
    HtlcTerms good = terms(SECRET);
    assertThat(TaprootLock.of(good, NETWORK).isAccepted()).isTrue();
    rejected(AdapterError.INVALID_AMOUNT, with(Amount.of(9_999), good.claimer(), EXPIRY));
    rejected(AdapterError.NOT_SUPPORTED, with(good.amount(), good.claimer(), 499_999_999L));
    rejected(AdapterError.NOT_SUPPORTED, with(good.amount(), good.claimer(), 0x8000_0000L));
    rejected(AdapterError.INVALID_ADDRESS, with(good.amount(), good.refunder(), EXPIRY));
    Bytes mirrored = ALICE.publicKey().negate().compressed();
    rejected(AdapterError.INVALID_ADDRESS, with(good.amount(), mirrored, EXPIRY));
    rejected(
        AdapterError.INVALID_ADDRESS, with(good.amount(), good.claimer().slice(1, 33), EXPIRY));
    assertThat(TaprootLock.of(good, UtxoNetwork.LITECOIN_REGTEST).isAccepted()).isFalse();
  }

  private static HtlcTerms with(Amount amount, Bytes claimer, long expiry) {
    HtlcTerms good = terms(SECRET);
    return new HtlcTerms(good.asset(), amount, good.hash(), claimer, good.refunder(), expiry);
  }

  private static void rejected(AdapterError why, HtlcTerms terms) {
    assertThat(TaprootLock.of(terms, NETWORK))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(why));
  }

  @Test
  void sizesOfRealTransactions() {
    BitcoinTransaction claim = parse(contract().claim(SIGNER, LOCK, SECRET, BOB, FEES).raw());
    BitcoinTransaction refund = parse(contract().refund(SIGNER, LOCK, ALICE, FEES).raw());
    // three more than a leaf with a hash of 160 bits would take
    assertThat(claim.virtualSize()).isEqualTo(143);
    assertThat(claim.weight()).isEqualTo(571).isEqualTo(TaprootSigner.CLAIM_WEIGHT);
    assertThat(refund.virtualSize()).isEqualTo(126);
    assertThat(refund.weight()).isEqualTo(503).isEqualTo(TaprootSigner.REFUND_WEIGHT);
    for (BitcoinTransaction each : List.of(claim, refund)) {
      assertThat(VALUE - each.outputs().getFirst().value()).isEqualTo(each.virtualSize() * 10);
    }
  }

  /**
   * The smallest lock can be claimed and refunded at 50 satoshi a byte; what is dust is not paid.
   */
  @Test
  void theSmallestLockPaysForItsSpending() {
    for (UtxoNetwork network : List.of(NETWORK, UtxoNetwork.LITECOIN_REGTEST)) {
      HtlcSigner signer = new HtlcSigner(network);
      HtlcSigner.Fees fees = new HtlcSigner.Fees(50_000, 0, 500_000);
      HtlcSigner.Lock least = new HtlcSigner.Lock(LOCK.outPoint(), network.family().smallestLock());
      assertThat(contract().claim(signer, least, SECRET, BOB, fees).fee())
          .isEqualTo(Amount.of(143 * 50));
      assertThat(contract().refund(signer, least, ALICE, fees).fee())
          .isEqualTo(Amount.of(126 * 50));
      long dust =
          CoinSelection.dust(Addresses.scriptOf(BOB.publicKey()), network.family().dustRelayFee());
      HtlcSigner.Lock enough = new HtlcSigner.Lock(LOCK.outPoint(), 143 * 50 + dust);
      assertThat(parse(contract().claim(signer, enough, SECRET, BOB, fees).raw()).outputs())
          .containsExactly(new TxOutput(dust, Addresses.scriptOf(BOB.publicKey())));
      HtlcSigner.Lock less = new HtlcSigner.Lock(LOCK.outPoint(), 143 * 50 + dust - 1);
      assertThatThrownBy(() -> contract().claim(signer, less, SECRET, BOB, fees))
          .isInstanceOf(AdapterException.class);
    }
  }

  @Test
  void theInterpreterAcceptsClaimAndRefundAndNothingLess() {
    SignedTransaction claim = contract().claim(SIGNER, LOCK, SECRET, BOB, FEES);
    SignedTransaction refund = contract().refund(SIGNER, LOCK, ALICE, FEES);
    interpret(claim.raw());
    interpret(refund.raw());
    assertThat(contract().claim(SIGNER, LOCK, SECRET, BOB, FEES))
        .as("prepared again it is the same")
        .isEqualTo(claim);
    assertThat(parse(claim.raw()).inputs().getFirst().sequence()).isEqualTo(1);
    refused(contract().claim(SIGNER, LOCK, RegtestChain.preimage("wrong"), BOB, FEES).raw());
    refused(contract().claim(SIGNER, LOCK, SECRET, ALICE, FEES).raw());
    refused(contract().refund(SIGNER, LOCK, BOB, FEES).raw());
    assertThatThrownBy(
            () ->
                interpret(claim.raw(), List.of(new TxOutput(VALUE + 1, contract().outputScript()))))
        .as("the amount is signed")
        .isInstanceOf(RuntimeException.class);
  }

  private static void refused(Bytes raw) {
    assertThatThrownBy(() -> interpret(raw)).isInstanceOf(RuntimeException.class);
  }

  /** A preimage of another size does not pass even if its hash is the one of the lock. */
  @Test
  void thePreimageHas32Bytes() {
    for (int size : List.of(0, 31, 33, 64)) {
      Bytes preimage = Bytes.wrap(new byte[size]);
      HtlcTerms terms = terms(SECRET);
      TaprootLock lock =
          TaprootLock.of(
                  new HtlcTerms(
                      terms.asset(),
                      terms.amount(),
                      Digests.sha256(preimage),
                      terms.claimer(),
                      terms.refunder(),
                      terms.expirySeconds()),
                  NETWORK)
              .orThrow();
      Bytes raw = TaprootClaims.claim(lock, LOCK, preimage, BOB);
      List<TxOutput> spent = List.of(new TxOutput(VALUE, lock.outputScript()));
      assertThatThrownBy(() -> interpret(raw, spent))
          .as("%s bytes", size)
          .isInstanceOf(RuntimeException.class);
    }
    Bytes raw = TaprootClaims.claim(contract(), LOCK, SECRET.bytes(), BOB);
    interpret(raw);
  }

  /** Sequences that are not one block, and lock times before the expiry, break the scripts. */
  @Test
  void timesAreEnforced() {
    refused(TaprootClaims.claim(contract(), LOCK, SECRET.bytes(), BOB, 0, 0));
    refused(TaprootClaims.claim(contract(), LOCK, SECRET.bytes(), BOB, 0xffff_fffdL, 0));
    interpret(TaprootClaims.claim(contract(), LOCK, SECRET.bytes(), BOB, 2, 0));
    interpret(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_fffdL, EXPIRY));
    interpret(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_fffdL, EXPIRY + 1));
    refused(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_fffdL, EXPIRY - 1));
    refused(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_ffffL, EXPIRY));
    refused(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_fffdL, 800_000));
  }

  /** A leaf of another lock, and a control block that was changed, open nothing. */
  @Test
  void onlyTheCommittedLeavesOpenIt() {
    BitcoinTransaction claim = parse(contract().claim(SIGNER, LOCK, SECRET, BOB, FEES).raw());
    List<Bytes> witness = claim.inputs().getFirst().witness();
    for (int bit = 0; bit < 65 * 8; bit += 7) {
      byte[] control = witness.getLast().toArray();
      control[bit / 8] ^= (byte) (1 << (bit % 8));
      List<Bytes> changed = new ArrayList<>(witness);
      changed.set(3, Bytes.wrap(control));
      TxInput input = claim.inputs().getFirst().withWitness(changed);
      refused(claim.withInputs(List.of(input)).serialize());
    }
  }
}
