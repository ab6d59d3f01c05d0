package dev.trestle.lightclient.bitcoin.tx;

import dev.trestle.base.Bytes;

/**
 * @param value smallest units
 * @param script output script (scriptPubKey)
 */
public record TxOutput(long value, Bytes script) {
  /** More coins than any chain of this family will ever have: Litecoin's 84 million. */
  public static final long MAX_MONEY = 84_000_000L * 100_000_000L;

  public TxOutput {
    if (value < 0 || value > MAX_MONEY) {
      throw new IllegalArgumentException("output value out of range: " + value);
    }
  }

  void write(WireWriter out) {
    out.i64(value).bytes(script);
  }

  /** As it is hashed and sent. */
  public Bytes serialize() {
    WireWriter out = new WireWriter();
    write(out);
    return out.toBytes();
  }
}
