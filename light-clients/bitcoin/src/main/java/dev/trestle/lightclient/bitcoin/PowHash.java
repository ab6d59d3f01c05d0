package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Budget;

/** The hash that must not exceed the target. */
public enum PowHash {
  /** Bitcoin: the block's id. */
  SHA256D(5 * Budget.HASH) {
    @Override
    public Hash32 of(BlockHeader header) {
      return header.id();
    }
  },
  /** Litecoin: scrypt(N=1024, r=1, p=1) with the header as password and salt (RFC 7914). */
  SCRYPT(Budget.SCRYPT) {
    @Override
    public Hash32 of(BlockHeader header) {
      return Hash32.wrap(Scrypt.header(header.raw().toArray(), 0));
    }
  };

  private final long units;

  PowHash(long units) {
    this.units = units;
  }

  /** Work units of checking one header. */
  long units() {
    return units;
  }

  /** The proof-of-work hash in wire order, to be read as a little-endian number. */
  public abstract Hash32 of(BlockHeader header);
}
