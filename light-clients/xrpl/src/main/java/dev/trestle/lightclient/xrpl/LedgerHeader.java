package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import java.math.BigInteger;

/**
 * A ledger's header ("Ledger Header" of the documentation, {@code calculateLedgerHash}): {@code
 * index u32 | coins u64 | parent 32 | transactions 32 | state 32 | parentClose u32 | close u32 |
 * resolution u8 | flags u8}, 118 bytes. Times are seconds since 2000.
 *
 * @param coins drops of XRP in existence, below 2^64
 * @param transactions root of the tree of transactions; zero for none
 * @param state root of the tree of ledger entries
 */
public record LedgerHeader(
    long index,
    BigInteger coins,
    Hash32 parent,
    Hash32 transactions,
    Hash32 state,
    long parentClose,
    long close,
    int resolution,
    int flags) {
  public static final int SIZE = 118;

  /** Unix time of 2000-01-01, when the ledger's clock starts. */
  public static final long EPOCH = 946_684_800L;

  private static final Bytes PREFIX = Bytes.fromHex("4c575200");

  public LedgerHeader {
    if (coins.signum() < 0 || coins.bitLength() > 64) {
      throw new IllegalArgumentException("not 64 bits of coins: " + coins);
    }
  }

  /**
   * @throws DecodeException unless it is 118 bytes
   */
  public static LedgerHeader decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, LedgerHeader::read);
  }

  static LedgerHeader read(CanonicalReader in) {
    return new LedgerHeader(
        in.u32(),
        new BigInteger(1, in.fixed(8).toArray()),
        in.hash(),
        in.hash(),
        in.hash(),
        in.u32(),
        in.u32(),
        in.u8(),
        in.u8());
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u32(index)
        .u32(coins.shiftRight(32).longValueExact())
        .u32(coins.longValue() & 0xffff_ffffL)
        .hash(parent)
        .hash(transactions)
        .hash(state)
        .u32(parentClose)
        .u32(close)
        .u8(resolution)
        .u8(flags)
        .toBytes();
  }

  /** First half of SHA-512 over {@code LWR} and the encoding. */
  public Hash32 hash() {
    return Digests.sha512Half(PREFIX, encode());
  }

  /** Unix time at which the ledger was closed. */
  public long closeSeconds() {
    return EPOCH + close;
  }

  HeaderRef ref() {
    return new HeaderRef(index, hash(), closeSeconds());
  }
}
