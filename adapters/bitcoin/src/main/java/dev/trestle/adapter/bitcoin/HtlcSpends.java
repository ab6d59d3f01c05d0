package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import java.util.List;
import java.util.Optional;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.VerificationException;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.SignatureDecodeException;
import org.bitcoinj.crypto.TransactionSignature;

/**
 * What a transaction that spends a lock shows. Pure. A node can invent a witness, since block and
 * id do not commit to it in a way that is checked here; so nothing is believed that does not prove
 * itself: a preimage by its hash, a refund by the refunder's signature.
 */
final class HtlcSpends {
  private static final int PREIMAGE_SIZE = 32;

  private HtlcSpends() {}

  /** How a lock was spent. */
  sealed interface Spending {
    record WithPreimage(Hash32 preimage) implements Spending {}

    record ByRefund() implements Spending {}

    /** With one signature of both parties. */
    record ByBoth() implements Spending {}

    /** None of these is proved. */
    record Unknown() implements Spending {}
  }

  /**
   * @param lock the output that {@code transaction} spends
   * @param value its amount, satoshi
   */
  static Spending classify(
      HtlcScript script, OutPoint lock, long value, BitcoinTransaction transaction) {
    for (int i = 0; i < transaction.inputs().size(); i++) {
      TxInput input = transaction.inputs().get(i);
      if (input.outPoint().equals(lock)) {
        Optional<Hash32> preimage = preimageIn(input.witness(), script.hash());
        if (preimage.isPresent()) {
          return new Spending.WithPreimage(preimage.get());
        }
        if (isRefund(script, value, transaction, i)) {
          return new Spending.ByRefund();
        }
      }
    }
    return preimageIn(transaction, script.hash())
        .<Spending>map(Spending.WithPreimage::new)
        .orElseGet(Spending.Unknown::new);
  }

  /** Searches every item of every input, wherever it stands. */
  static Optional<Hash32> preimageIn(BitcoinTransaction transaction, Hash32 hash) {
    for (TxInput input : transaction.inputs()) {
      Optional<Hash32> found = preimageIn(input.witness(), hash);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Hash32> preimageIn(List<Bytes> items, Hash32 hash) {
    return items.stream()
        .filter(item -> item.size() == PREIMAGE_SIZE && Digests.sha256(item).equals(hash))
        .findFirst()
        .map(Hash32::new);
  }

  /** Signature, key, false and the script, with a lock time that the script lets through. */
  private static boolean isRefund(
      HtlcScript script, long value, BitcoinTransaction transaction, int index) {
    List<Bytes> witness = transaction.inputs().get(index).witness();
    if (witness.size() != 4 || transaction.lockTime() < script.expirySeconds()) {
      return false;
    }
    Bytes signature = witness.get(0);
    Bytes key = witness.get(1);
    boolean refundBranch = isFalse(witness.get(2)) && witness.get(3).equals(script.script());
    if (!refundBranch
        || signature.isEmpty()
        || !Digests.hash160(key).equals(script.refunderHash())) {
      return false;
    }
    try {
      TransactionSignature parsed =
          TransactionSignature.decodeFromBitcoin(signature.toArray(), false, false);
      Hash32 digest =
          TransactionSigner.digest(
              transaction, index, script.script(), value, signature.at(signature.size() - 1));
      return ECKey.fromPublicOnly(key.toArray()).verify(Sha256Hash.wrap(digest.toArray()), parsed);
    } catch (SignatureDecodeException | VerificationException | IllegalArgumentException e) {
      return false; // not a signature or not a key: proves nothing
    }
  }

  /** As the script interpreter sees it: no bytes, zeros, or negative zero. */
  private static boolean isFalse(Bytes item) {
    for (int i = 0; i < item.size(); i++) {
      boolean sign = i == item.size() - 1 && item.at(i) == 0x80;
      if (item.at(i) != 0 && !sign) {
        return false;
      }
    }
    return true;
  }
}
