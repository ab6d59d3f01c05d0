package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.List;
import java.util.Optional;

/** How the witness of a Taproot input is to be read (BIP-341 "Script validation rules"). */
public sealed interface TaprootWitness {
  /** First byte of an annex. */
  int ANNEX_TAG = 0x50;

  /** With its first byte; signed by every signature of the input. */
  Optional<Bytes> annex();

  /** One signature, under the output key. */
  record KeyPath(Bytes signature, Optional<Bytes> annex) implements TaprootWitness {}

  /**
   * @param stack items for the script, from the bottom up
   */
  record ScriptPath(List<Bytes> stack, Bytes script, Bytes controlBlock, Optional<Bytes> annex)
      implements TaprootWitness {
    public ScriptPath {
      stack = List.copyOf(stack);
    }
  }

  /** Empty for a witness without items, which spends nothing. */
  static Optional<TaprootWitness> read(List<Bytes> witness) {
    Optional<Bytes> annex = Optional.empty();
    List<Bytes> items = witness;
    if (witness.size() >= 2
        && !witness.getLast().isEmpty()
        && witness.getLast().at(0) == ANNEX_TAG) {
      annex = Optional.of(witness.getLast());
      items = witness.subList(0, witness.size() - 1);
    }
    if (items.isEmpty()) {
      return Optional.empty();
    }
    if (items.size() == 1) {
      return Optional.of(new KeyPath(items.getFirst(), annex));
    }
    int script = items.size() - 2;
    return Optional.of(
        new ScriptPath(items.subList(0, script), items.get(script), items.getLast(), annex));
  }

  /**
   * Whether {@code signature} of an input signs {@code transaction} under {@code key}: 64 bytes, or
   * 65 with a hash type that is not 0. False for every malformed one.
   *
   * @param spent the outputs that the inputs spend, in input order
   * @param leaf of the script that asks for the signature; empty for the key path
   */
  static boolean isSigned(
      BitcoinTransaction transaction,
      int input,
      List<TxOutput> spent,
      Hash32 key,
      Bytes signature,
      Optional<Bytes> annex,
      Optional<TaprootDigest.Leaf> leaf) {
    int size = signature.size();
    boolean typed = size == SchnorrSignature.SIZE + 1;
    if ((!typed && size != SchnorrSignature.SIZE)
        || (typed && signature.at(SchnorrSignature.SIZE) == 0)) {
      return false;
    }
    int hashType = typed ? signature.at(SchnorrSignature.SIZE) : 0;
    SchnorrSignature plain = new SchnorrSignature(signature.slice(0, SchnorrSignature.SIZE));
    return TaprootDigest.of(transaction, input, spent, hashType, annex, leaf)
        .filter(digest -> Secp256k1.instance().verifySchnorr(plain, digest, key))
        .isPresent();
  }
}
