package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;

/**
 * One hash-time-lock of a swap.
 *
 * @param chain where it stands
 * @param asset what is locked, an asset of {@code chain}
 * @param amount exactly this is locked, smallest units
 * @param claimer who may claim with the secret, as {@code HtlcPort.partyKey} names a party
 * @param refunder who may take it back after the expiry
 * @param expirySeconds Unix time from which a refund is valid
 */
public record SwapLeg(
    ChainId chain,
    AssetId asset,
    Amount amount,
    Bytes claimer,
    Bytes refunder,
    long expirySeconds) {
  /** Largest identity of a party on a chain, bytes. */
  public static final int MAX_KEY = 64;

  private static final int MAX_TEXT = 256;

  /** The lock as its chain's adapter wants it. */
  public HtlcTerms htlcTerms(Hash32 hash) {
    return new HtlcTerms(asset, amount, hash, claimer, refunder, expirySeconds);
  }

  void write(CanonicalWriter out) {
    out.text(chain.toString())
        .text(asset.toString())
        .amount(amount)
        .bytes(claimer)
        .bytes(refunder)
        .u64(expirySeconds);
  }

  static SwapLeg read(CanonicalReader in) {
    return new SwapLeg(
        ChainId.parse(in.text(MAX_TEXT)),
        AssetId.parse(in.text(MAX_TEXT)),
        in.amount(),
        in.bytes(MAX_KEY),
        in.bytes(MAX_KEY),
        in.u64());
  }
}
