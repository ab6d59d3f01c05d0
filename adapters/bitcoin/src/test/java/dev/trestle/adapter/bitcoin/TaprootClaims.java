package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootDigest;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Spends of a Taproot lock as an adversary would sign them: any time, preimage, annex, type. */
final class TaprootClaims {
  private static final long FEE = 2_000;

  private TaprootClaims() {}

  /**
   * @param hashType of BIP-341; 0 is not written
   */
  record How(long sequence, long lockTime, int hashType, Optional<Bytes> annex) {
    static How plain(long sequence, long lockTime) {
      return new How(sequence, lockTime, 0, Optional.empty());
    }
  }

  static Bytes claim(TaprootLock lock, HtlcSigner.Lock at, Bytes preimage, SecretKey key) {
    return claim(lock, at, preimage, key, 1, 0);
  }

  static Bytes claim(
      TaprootLock lock,
      HtlcSigner.Lock at,
      Bytes preimage,
      SecretKey key,
      long sequence,
      long lockTime) {
    return spend(
        lock, at, lock.claimLeaf(), Optional.of(preimage), key, How.plain(sequence, lockTime));
  }

  static Bytes refund(
      TaprootLock lock, HtlcSigner.Lock at, SecretKey key, long sequence, long lockTime) {
    return spend(lock, at, lock.refundLeaf(), Optional.empty(), key, How.plain(sequence, lockTime));
  }

  static Bytes spend(
      TaprootLock lock,
      HtlcSigner.Lock at,
      TapTree.Leaf leaf,
      Optional<Bytes> preimage,
      SecretKey key,
      How how) {
    BitcoinTransaction unsigned =
        new BitcoinTransaction(
            2,
            List.of(TxInput.unsigned(at.outPoint(), how.sequence())),
            List.of(new TxOutput(at.value() - FEE, Addresses.scriptOf(key.publicKey()))),
            how.lockTime());
    List<TxOutput> spent = List.of(new TxOutput(at.value(), lock.outputScript()));
    Hash32 digest =
        TaprootDigest.of(
                unsigned,
                0,
                spent,
                how.hashType(),
                how.annex(),
                Optional.of(TaprootDigest.Leaf.of(leaf.hash())))
            .orElseThrow();
    Bytes signature = Secp256k1.instance().signSchnorr(digest, key, Hash32.ZERO).bytes();
    List<Bytes> witness = new ArrayList<>();
    witness.add(
        how.hashType() == 0
            ? signature
            : Bytes.concat(signature, Bytes.wrap(new byte[] {(byte) how.hashType()})));
    preimage.ifPresent(witness::add);
    witness.add(leaf.script());
    witness.add(lock.controlBlock(leaf));
    how.annex().ifPresent(witness::add);
    return unsigned
        .withInputs(List.of(unsigned.inputs().getFirst().withWitness(witness)))
        .serialize();
  }
}
