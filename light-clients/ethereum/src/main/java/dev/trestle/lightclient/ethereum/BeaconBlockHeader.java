package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Hash32;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszRoot;
import dev.trestle.proofs.ssz.SszWriter;

/**
 * {@code BeaconBlockHeader} (phase0/beacon-chain.md).
 *
 * @param slot unsigned
 * @param proposerIndex unsigned
 */
public record BeaconBlockHeader(
    long slot, long proposerIndex, Hash32 parentRoot, Hash32 stateRoot, Hash32 bodyRoot) {
  /** Serialised size in bytes. */
  public static final int SIZE = 112;

  /** All fields zero. */
  public static final BeaconBlockHeader EMPTY =
      new BeaconBlockHeader(0, 0, Hash32.ZERO, Hash32.ZERO, Hash32.ZERO);

  /** {@code hash_tree_root}: the block root. */
  public Hash32 root() {
    return SszRoot.container(
        SszRoot.uint64(slot), SszRoot.uint64(proposerIndex), parentRoot, stateRoot, bodyRoot);
  }

  void write(SszWriter out) {
    out.uint64(slot).uint64(proposerIndex).hash(parentRoot).hash(stateRoot).hash(bodyRoot);
  }

  static BeaconBlockHeader read(SszReader in) {
    return new BeaconBlockHeader(in.uint64(), in.uint64(), in.hash(), in.hash(), in.hash());
  }
}
