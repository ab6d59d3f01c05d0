package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.TaprootFixture.ALICE;
import static dev.trestle.adapter.bitcoin.TaprootFixture.BOB;
import static dev.trestle.adapter.bitcoin.TaprootFixture.EXPIRY;
import static dev.trestle.adapter.bitcoin.TaprootFixture.FEES;
import static dev.trestle.adapter.bitcoin.TaprootFixture.LOCK;
import static dev.trestle.adapter.bitcoin.TaprootFixture.SECRET;
import static dev.trestle.adapter.bitcoin.TaprootFixture.SIGNER;
import static dev.trestle.adapter.bitcoin.TaprootFixture.contract;
import static dev.trestle.adapter.bitcoin.TaprootFixture.interpret;
import static dev.trestle.adapter.bitcoin.TaprootFixture.parse;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.bitcoin.HtlcSpends.Spending;
import dev.trestle.adapter.bitcoin.TaprootClaims.How;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from spends of a lock, honest and adversarial. */
class TaprootSpendsTest {
  private static final Bytes DECOY = RegtestChain.preimage("decoy").bytes();

  private static Spending classify(BitcoinTransaction transaction) {
    return TaprootSpends.classify(
        contract(), LOCK.outPoint(), LOCK.value(), transaction, unknown -> Optional.empty());
  }

  @Test
  void claimAndRefundAreRecognised() {
    assertThat(classify(parse(contract().claim(SIGNER, LOCK, SECRET, BOB, FEES).raw())))
        .isEqualTo(new Spending.WithPreimage(SECRET));
    assertThat(classify(parse(contract().refund(SIGNER, LOCK, ALICE, FEES).raw())))
        .isEqualTo(new Spending.ByRefund());
  }

  /** An annex of the preimage's length stands last; one of another length moves nothing. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 33, 500})
  void anAnnexHidesNothing(int size) {
    byte[] annex = new byte[1 + size];
    annex[0] = 0x50;
    Optional<Bytes> item = Optional.of(Bytes.wrap(annex));
    Bytes claim =
        TaprootClaims.spend(
            contract(),
            LOCK,
            contract().claimLeaf(),
            Optional.of(SECRET.bytes()),
            BOB,
            new How(1, 0, 0, item));
    assertThat(parse(claim).inputs().getFirst().witness()).hasSize(5);
    assertThat(classify(parse(claim))).isEqualTo(new Spending.WithPreimage(SECRET));
    Bytes refund =
        TaprootClaims.spend(
            contract(),
            LOCK,
            contract().refundLeaf(),
            Optional.empty(),
            ALICE,
            new How(0xffff_fffdL, EXPIRY, 0, item));
    assertThat(classify(parse(refund))).isEqualTo(new Spending.ByRefund());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x01, 0x02, 0x03, 0x81, 0x82, 0x83})
  void aRefundMaySignWhatItLikes(int hashType) {
    Bytes refund =
        TaprootClaims.spend(
            contract(),
            LOCK,
            contract().refundLeaf(),
            Optional.empty(),
            ALICE,
            new How(0xffff_fffdL, EXPIRY, hashType, Optional.empty()));
    interpret(refund);
    assertThat(classify(parse(refund))).isEqualTo(new Spending.ByRefund());
  }

  @Test
  void thePreimageIsFoundWhereverItStands() {
    BitcoinTransaction claim = parse(contract().claim(SIGNER, LOCK, SECRET, BOB, FEES).raw());
    TxInput own = claim.inputs().getFirst();
    for (int place = 0; place <= own.witness().size(); place++) {
      List<Bytes> shuffled = new ArrayList<>(own.witness());
      shuffled.remove(SECRET.bytes());
      shuffled.addFirst(DECOY);
      shuffled.add(Math.min(place, shuffled.size()), SECRET.bytes());
      shuffled.add(Bytes.concat(Bytes.fromHex("50"), DECOY));
      assertThat(classify(claim.withInputs(List.of(own.withWitness(shuffled)))))
          .isEqualTo(new Spending.WithPreimage(SECRET));
    }
    TxInput other = TxInput.unsigned(new OutPoint(SECRET, 0), 0).withWitness(List.of(DECOY));
    assertThat(
            classify(
                claim.withInputs(
                    List.of(other.withWitness(own.witness()), own.withWitness(List.of(DECOY))))))
        .as("in another input of the same transaction")
        .isEqualTo(new Spending.WithPreimage(SECRET));
  }

  /** The witness is not in the id: a node may give one of its own, which must prove itself. */
  @Test
  void nothingIsBelievedWithoutASignature() {
    BitcoinTransaction claim = parse(contract().claim(SIGNER, LOCK, SECRET, BOB, FEES).raw());
    BitcoinTransaction refund = parse(contract().refund(SIGNER, LOCK, ALICE, FEES).raw());
    List<Bytes> refundWitness = refund.inputs().getFirst().witness();
    unknown(claim, refundWitness);
    unknown(claim, List.of(claim.inputs().getFirst().witness().getFirst()));
    unknown(claim, List.of(DECOY));
    unknown(claim, List.of());
    unknown(refund, List.of(refundWitness.getFirst()));
    List<Bytes> wrongSize = new ArrayList<>(refundWitness);
    wrongSize.set(0, Bytes.concat(refundWitness.getFirst(), Bytes.fromHex("00")));
    unknown(refund, wrongSize);
    // an annex that the signature does not commit to
    List<Bytes> withAnnex = new ArrayList<>(refundWitness);
    withAnnex.add(Bytes.fromHex("50"));
    unknown(refund, withAnnex);
    // by the other party's key
    Bytes byBob = TaprootClaims.refund(contract(), LOCK, BOB, 0xffff_fffdL, EXPIRY);
    assertThat(classify(parse(byBob))).isEqualTo(new Spending.Unknown());
    // too early, and with a sequence that switches the lock time off
    assertThat(
            classify(
                parse(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_fffdL, EXPIRY - 1))))
        .isEqualTo(new Spending.Unknown());
    assertThat(classify(parse(TaprootClaims.refund(contract(), LOCK, ALICE, 0xffff_ffffL, EXPIRY))))
        .isEqualTo(new Spending.Unknown());
    // of another lock
    assertThat(
            TaprootSpends.classify(
                contract(),
                TaprootFixture.lock(8).outPoint(),
                LOCK.value(),
                refund,
                none -> Optional.empty()))
        .isEqualTo(new Spending.Unknown());
    // and of another amount
    assertThat(
            TaprootSpends.classify(
                contract(), LOCK.outPoint(), LOCK.value() + 1, refund, none -> Optional.empty()))
        .isEqualTo(new Spending.Unknown());
  }

  private static void unknown(BitcoinTransaction transaction, List<Bytes> witness) {
    TxInput input = transaction.inputs().getFirst().withWitness(witness);
    assertThat(classify(transaction.withInputs(List.of(input)))).isEqualTo(new Spending.Unknown());
  }

  /** A refund beside other inputs: their outputs are asked for, and only then. */
  @Test
  void aSignatureOverOtherInputsNeedsTheirOutputs() {
    SecretKey stranger = RegtestChain.key("stranger");
    TxOutput other = new TxOutput(5_000, Addresses.scriptOf(stranger.publicKey()));
    OutPoint place = new OutPoint(RegtestChain.preimage("other"), 3);
    BitcoinTransaction unsigned =
        new BitcoinTransaction(
            2,
            List.of(
                TxInput.unsigned(place, 0xffff_fffdL),
                TxInput.unsigned(LOCK.outPoint(), 0xffff_fffdL)),
            List.of(new TxOutput(900_000, other.script())),
            EXPIRY);
    List<TxOutput> spent = List.of(other, new TxOutput(LOCK.value(), contract().outputScript()));
    Hash32 digest =
        SigHash.taprootScriptPath(
            unsigned, 1, spent, SigHash.Taproot.DEFAULT, contract().refundLeaf());
    Bytes signature = Secp256k1.instance().signSchnorr(digest, ALICE, Hash32.ZERO).bytes();
    List<Bytes> witness =
        List.of(
            signature,
            contract().refundLeaf().script(),
            contract().controlBlock(contract().refundLeaf()));
    BitcoinTransaction signed =
        unsigned.withInputs(
            List.of(unsigned.inputs().getFirst(), unsigned.inputs().get(1).withWitness(witness)));
    assertThat(classify(signed)).as("not to be had").isEqualTo(new Spending.Unknown());
    assertThat(
            TaprootSpends.classify(
                contract(),
                LOCK.outPoint(),
                LOCK.value(),
                signed,
                at -> at.equals(place) ? Optional.of(other) : Optional.empty()))
        .isEqualTo(new Spending.ByRefund());
  }
}
