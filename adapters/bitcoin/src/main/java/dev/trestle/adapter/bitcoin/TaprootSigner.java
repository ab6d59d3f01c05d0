package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.List;

/**
 * Claims and refunds of Taproot locks by one party, to its single-key address. Pure: a signature
 * depends on nothing but the transaction and the key (BIP-340 with auxiliary zeros), so that what
 * is prepared again after a crash is the same bytes.
 */
final class TaprootSigner {
  /** One block after the lock (BIP-68), which the leaf asks for; replaceable (BIP-125). */
  static final long CLAIM_SEQUENCE = 1;

  /** Count, and the signature behind its length. */
  private static final long SIGNATURE = 1 + 1 + SchnorrSignature.SIZE;

  /** Weight of the witness of a spending by key. */
  static final long KEY_WITNESS = SIGNATURE;

  private static final long CONTROL = 1 + TaprootLock.CONTROL_SIZE;
  private static final long CLAIM_WITNESS =
      SIGNATURE + 1 + Hash32.SIZE + 1 + TaprootLock.CLAIM_SIZE + CONTROL;
  private static final long REFUND_WITNESS = SIGNATURE + 1 + TaprootLock.REFUND_SIZE + CONTROL;

  /** Weight of a claim to a single-key address. */
  static final long CLAIM_WEIGHT = weight(CLAIM_WITNESS);

  /** Weight of a refund to a single-key address. */
  static final long REFUND_WEIGHT = weight(REFUND_WITNESS);

  private TaprootSigner() {}

  private static long weight(long witness) {
    return CoinSelection.OVERHEAD_WEIGHT
        + CoinSelection.INPUT_WEIGHT
        + witness
        + CoinSelection.outputWeight(OutputScript.example(OutputScript.Type.P2WPKH));
  }

  static SignedTransaction claim(
      HtlcSigner signer,
      TaprootLock contract,
      HtlcSigner.Lock lock,
      Hash32 preimage,
      SecretKey claimer,
      HtlcSigner.Fees fees) {
    HtlcSigner.Draft draft = signer.draft(lock, CLAIM_SEQUENCE, 0, CLAIM_WITNESS, claimer, fees);
    TapTree.Leaf leaf = contract.claimLeaf();
    Bytes signature = sign(draft, contract, lock, leaf, claimer);
    return draft.signed(
        TaprootOutput.scriptPathWitness(
            List.of(signature, preimage.bytes()), leaf.script(), contract.controlBlock(leaf)));
  }

  static SignedTransaction refund(
      HtlcSigner signer,
      TaprootLock contract,
      HtlcSigner.Lock lock,
      SecretKey refunder,
      HtlcSigner.Fees fees) {
    HtlcSigner.Draft draft =
        signer.draft(
            lock,
            TransactionSigner.SEQUENCE,
            contract.expirySeconds(),
            REFUND_WITNESS,
            refunder,
            fees);
    TapTree.Leaf leaf = contract.refundLeaf();
    Bytes signature = sign(draft, contract, lock, leaf, refunder);
    return draft.signed(
        TaprootOutput.scriptPathWitness(
            List.of(signature), leaf.script(), contract.controlBlock(leaf)));
  }

  private static Bytes sign(
      HtlcSigner.Draft draft,
      TaprootLock contract,
      HtlcSigner.Lock lock,
      TapTree.Leaf leaf,
      SecretKey key) {
    List<TxOutput> spent = List.of(new TxOutput(lock.value(), contract.outputScript()));
    Hash32 digest =
        SigHash.taprootScriptPath(draft.unsigned(), 0, spent, SigHash.Taproot.DEFAULT, leaf);
    return Secp256k1.instance().signSchnorr(digest, key, Hash32.ZERO).bytes();
  }
}
