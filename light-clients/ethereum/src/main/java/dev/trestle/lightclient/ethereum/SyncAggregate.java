package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Bls12381;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszWriter;
import java.util.BitSet;

/**
 * {@code SyncAggregate} (altair/beacon-chain.md): who signed, and the sum of the signatures.
 *
 * @param bits one a seat, least significant first; a multiple of eight in every preset, so that no
 *     bit stands beyond the set
 * @param signature 96 bytes, not validated
 */
public record SyncAggregate(Bytes bits, Bytes signature) {
  public SyncAggregate {
    if (signature.size() != Bls12381.SIGNATURE_SIZE) {
      throw new IllegalArgumentException("a signature of " + signature.size() + " bytes");
    }
  }

  /** Seats that signed. */
  public int participants() {
    int count = 0;
    for (int i = 0; i < bits.size(); i++) {
      count += Integer.bitCount(bits.at(i));
    }
    return count;
  }

  /** Numbers of the seats that signed. */
  public BitSet signers() {
    return BitSet.valueOf(bits.toArray());
  }

  void write(SszWriter out) {
    out.bytes(bits).bytes(signature);
  }

  static SyncAggregate read(SszReader in, Preset preset) {
    return new SyncAggregate(
        in.bytes(preset.committeeSize() / 8), in.bytes(Bls12381.SIGNATURE_SIZE));
  }
}
