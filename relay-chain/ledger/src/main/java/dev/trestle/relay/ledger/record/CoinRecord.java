package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules;
import java.util.Optional;

/**
 * A coin in custody.
 *
 * @param height block of its chain in which it was created
 * @param refundDelay blocks after which its depositor may take it; 0 when nobody else can
 * @param reservedFor the release that spends it, if one is planned
 */
public record CoinRecord(
    ChainId chain,
    CustodyRules.Coin coin,
    long height,
    int refundDelay,
    Optional<Hash32> reservedFor) {
  private static final int VERSION = 1;

  /** Whether somebody besides the committee can take it, now or later. */
  public boolean isDeposit() {
    return refundDelay > 0;
  }

  /** Whether a payout may spend it: no release has it, and nobody besides the committee can. */
  public boolean isFree() {
    return reservedFor.isEmpty() && !isDeposit();
  }

  /**
   * Height of its chain from which a deposit is not credited any more: half of the refund delay is
   * left for its sweep.
   */
  public long creditableBelow() {
    return height + refundDelay / 2;
  }

  public CoinRecord reserved(Optional<Hash32> release) {
    return new CoinRecord(chain, coin, height, refundDelay, release);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).text(chain.toString());
    PlanCodec.writeCoin(out, coin);
    out.u64(height).u16(refundDelay);
    return out.optional(reservedFor, CanonicalWriter::hash).toBytes();
  }

  public static CoinRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new CoinRecord(
              Fields.chain(in),
              PlanCodec.readCoin(in),
              in.u64(),
              in.u16(),
              in.optional(CanonicalReader::hash));
        });
  }
}
