package dev.trestle.lightclient.bitcoin.tx;

import dev.trestle.base.Bytes;
import java.util.List;

/**
 * @param sequence BIP-68 and BIP-125, 32 bits
 * @param witness items from the bottom of the stack up; empty where there is none
 */
public record TxInput(OutPoint outPoint, Bytes scriptSig, long sequence, List<Bytes> witness) {
  public TxInput {
    witness = List.copyOf(witness);
    if (sequence < 0 || sequence > 0xffff_ffffL) {
      throw new IllegalArgumentException("a sequence has 32 bits");
    }
  }

  /** An input that is still to be signed. */
  public static TxInput unsigned(OutPoint outPoint, long sequence) {
    return new TxInput(outPoint, Bytes.EMPTY, sequence, List.of());
  }

  public TxInput withWitness(List<Bytes> items) {
    return new TxInput(outPoint, scriptSig, sequence, items);
  }
}
