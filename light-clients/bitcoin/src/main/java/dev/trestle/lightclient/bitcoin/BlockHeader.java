package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;

/** A block header: 80 bytes, little-endian. Immutable; its id is computed once. */
public final class BlockHeader {
  /** Bytes. */
  public static final int SIZE = 80;

  private final Bytes raw;
  private final Hash32 id;

  private BlockHeader(Bytes raw) {
    this.raw = raw;
    this.id = Digests.sha256d(raw);
  }

  /**
   * @throws IllegalArgumentException unless {@code raw} has {@link #SIZE} bytes
   */
  public static BlockHeader of(Bytes raw) {
    if (raw.size() != SIZE) {
      throw new IllegalArgumentException("a header has 80 bytes, not " + raw.size());
    }
    return new BlockHeader(raw);
  }

  /** Puts a header together; {@code bits} and {@code nonce} are unsigned 32-bit numbers. */
  public static BlockHeader of(
      int version, Hash32 previous, Hash32 merkleRoot, long time, long bits, long nonce) {
    return new BlockHeader(
        new WireWriter()
            .u32(version)
            .hash(previous)
            .hash(merkleRoot)
            .u32(time)
            .u32(bits)
            .u32(nonce)
            .toBytes());
  }

  public Bytes raw() {
    return raw;
  }

  /** Block hash in wire order: SHA-256d of the header, also where the proof of work is scrypt. */
  public Hash32 id() {
    return id;
  }

  /** Signed, as the version rules compare it. */
  public int version() {
    return new WireReader(raw.slice(0, 4)).i32();
  }

  public Hash32 previous() {
    return new Hash32(raw.slice(4, 36));
  }

  public Hash32 merkleRoot() {
    return new Hash32(raw.slice(36, 68));
  }

  /** Unix seconds as the miner states them. */
  public long time() {
    return new WireReader(raw.slice(68, 72)).u32();
  }

  /** The target in compact form. */
  public long bits() {
    return new WireReader(raw.slice(72, 76)).u32();
  }

  public long nonce() {
    return new WireReader(raw.slice(76, 80)).u32();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockHeader that && raw.equals(that.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  /** Block hash in display order. */
  @Override
  public String toString() {
    return id.toReversedHex();
  }
}
