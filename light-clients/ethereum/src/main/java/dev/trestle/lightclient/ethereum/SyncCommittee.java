package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.BlsKeySet;
import dev.trestle.crypto.BlsPublicKey;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszRoot;
import dev.trestle.proofs.ssz.SszWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code SyncCommittee} (altair/beacon-chain.md): keys as they stand on the chain, not validated.
 * Immutable.
 */
public final class SyncCommittee {
  private final Bytes publicKeys;
  private final Bytes aggregateKey;

  /** Computed when first asked for: 1,536 hashes for a committee of mainnet. */
  private Optional<Hash32> root = Optional.empty();

  /**
   * @param publicKeys 48 bytes a seat, one after the other; a validator may hold several seats
   * @param aggregateKey sum of the keys as the chain states it
   */
  public SyncCommittee(Bytes publicKeys, Bytes aggregateKey) {
    if (publicKeys.isEmpty()
        || publicKeys.size() % BlsPublicKey.SIZE != 0
        || publicKeys.size() / BlsPublicKey.SIZE > BlsKeySet.MAX_SEATS
        || aggregateKey.size() != BlsPublicKey.SIZE) {
      throw new IllegalArgumentException("not the keys of a sync committee");
    }
    this.publicKeys = publicKeys;
    this.aggregateKey = aggregateKey;
  }

  /** The committee of zeros that stands for none. */
  public static SyncCommittee empty(Preset preset) {
    return new SyncCommittee(
        Bytes.wrap(new byte[preset.committeeSize() * BlsPublicKey.SIZE]),
        Bytes.wrap(new byte[BlsPublicKey.SIZE]));
  }

  public Bytes publicKeys() {
    return publicKeys;
  }

  public Bytes aggregateKey() {
    return aggregateKey;
  }

  public int size() {
    return publicKeys.size() / BlsPublicKey.SIZE;
  }

  boolean isEmpty() {
    return isZero(aggregateKey) && isZero(publicKeys);
  }

  private static boolean isZero(Bytes bytes) {
    return bytes.at(0) == 0 && bytes.equals(Bytes.wrap(new byte[bytes.size()]));
  }

  /** {@code hash_tree_root}. */
  public Hash32 root() {
    Hash32 known =
        root.orElseGet(
            () -> root(SszRoot.vectorOfByteVectors(publicKeys, BlsPublicKey.SIZE), aggregateKey));
    root = Optional.of(known);
    return known;
  }

  /** The root from that of the vector of keys. */
  public static Hash32 root(Hash32 publicKeysRoot, Bytes aggregateKey) {
    return SszRoot.container(publicKeysRoot, SszRoot.byteVector(aggregateKey));
  }

  /** Decodes and validates every key; about 60 microseconds a seat. */
  public BlsKeySet keys() {
    List<Bytes> keys = new ArrayList<>(size());
    for (int at = 0; at < publicKeys.size(); at += BlsPublicKey.SIZE) {
      keys.add(publicKeys.slice(at, at + BlsPublicKey.SIZE));
    }
    return BlsKeySet.of(keys);
  }

  void write(SszWriter out) {
    out.bytes(publicKeys).bytes(aggregateKey);
  }

  static SyncCommittee read(SszReader in, Preset preset) {
    return new SyncCommittee(
        in.bytes(preset.committeeSize() * BlsPublicKey.SIZE), in.bytes(BlsPublicKey.SIZE));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SyncCommittee that
        && publicKeys.equals(that.publicKeys)
        && aggregateKey.equals(that.aggregateKey);
  }

  @Override
  public int hashCode() {
    return 31 * publicKeys.hashCode() + aggregateKey.hashCode();
  }

  @Override
  public String toString() {
    return size() + " seats, aggregate " + aggregateKey.toHex();
  }
}
