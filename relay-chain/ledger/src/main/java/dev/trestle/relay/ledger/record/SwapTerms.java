package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/**
 * All terms of an atomic swap.
 *
 * @param hash SHA-256 of the 32-byte preimage; locks both legs
 * @param first the initiator's lock, which expires last
 * @param second the participant's lock
 */
public record SwapTerms(Hash32 hash, Leg first, Leg second) {

  /**
   * One lock.
   *
   * @param asset also names the chain
   * @param claimer key or address in the chain's form, 20 to 65 bytes
   * @param refunder key or address in the chain's form, 20 to 65 bytes
   * @param expirySeconds Unix time from which the refunder may take it back
   */
  public record Leg(
      AssetId asset, Amount amount, Bytes claimer, Bytes refunder, long expirySeconds) {
    private static final int MAX_ASSET = 180;
    private static final int MIN_KEY = 20;
    private static final int MAX_KEY = 65;

    public Leg {
      if (claimer.size() < MIN_KEY
          || refunder.size() < MIN_KEY
          || claimer.size() > MAX_KEY
          || refunder.size() > MAX_KEY) {
        throw new IllegalArgumentException("a key or address has 20 to 65 bytes");
      }
    }

    void write(CanonicalWriter out) {
      out.text(asset.toString()).amount(amount).bytes(claimer).bytes(refunder).u64(expirySeconds);
    }

    static Leg read(CanonicalReader in) {
      return new Leg(
          AssetId.parse(in.text(MAX_ASSET)),
          in.amount(),
          in.bytes(MAX_KEY),
          in.bytes(MAX_KEY),
          in.u64());
    }
  }

  public void write(CanonicalWriter out) {
    out.hash(hash);
    first.write(out);
    second.write(out);
  }

  public static SwapTerms read(CanonicalReader in) {
    return new SwapTerms(in.hash(), Leg.read(in), Leg.read(in));
  }
}
