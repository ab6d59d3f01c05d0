package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A verified header and all that checking its child needs, so that no ancestor is ever looked up:
 * ancestors may be pruned.
 *
 * @param height blocks since genesis
 * @param chainWork sum of the work of all headers up to this one
 * @param recentTimes times of the last headers up to this one, oldest first, at most {@link
 *     ChainParameters#MEDIAN_TIME_SPAN}
 * @param spanStart time from which the next retarget measures
 * @param periodBits target of the period's first header
 * @param lastRealBits target of the last header in the period that is not a minimum-difficulty one
 */
public record StoredHeader(
    BlockHeader header,
    long height,
    BigInteger chainWork,
    List<Long> recentTimes,
    long spanStart,
    long periodBits,
    long lastRealBits) {
  private static final int VERSION = 1;

  public StoredHeader {
    recentTimes = List.copyOf(recentTimes);
  }

  /** The child {@code next} of this header; the caller has verified it. */
  StoredHeader append(BlockHeader next, DifficultyParameters rules, BigInteger work) {
    long nextHeight = height + 1;
    boolean opensPeriod = nextHeight % rules.interval() == 0;
    List<Long> times = new ArrayList<>(ChainParameters.MEDIAN_TIME_SPAN + 1);
    times.addAll(recentTimes);
    times.add(next.time());
    int from = Math.max(0, times.size() - ChainParameters.MEDIAN_TIME_SPAN);
    long bits = next.bits();
    boolean real = opensPeriod || bits != rules.powLimitBits();
    return new StoredHeader(
        next,
        nextHeight,
        chainWork.add(work),
        times.subList(from, times.size()),
        opensPeriod ? (rules.fullPeriodTimespan() ? header.time() : next.time()) : spanStart,
        opensPeriod ? bits : periodBits,
        real ? bits : lastRealBits);
  }

  /** Median of {@link #recentTimes}: Unix seconds that a child must exceed (BIP-113). */
  public long medianTimePast() {
    List<Long> sorted = new ArrayList<>(recentTimes);
    sorted.sort(null);
    return sorted.get(sorted.size() / 2);
  }

  Bytes encode() {
    CanonicalWriter out =
        new CanonicalWriter()
            .u8(VERSION)
            .fixed(header.raw())
            .u64(height)
            .u256(chainWork)
            .u32(spanStart)
            .u32(periodBits)
            .u32(lastRealBits)
            .u8(recentTimes.size());
    recentTimes.forEach(out::u32);
    return out.toBytes();
  }

  static StoredHeader decode(Bytes record) {
    return CanonicalReader.decode(record, StoredHeader::read);
  }

  private static StoredHeader read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown version of a stored header");
    }
    BlockHeader header = BlockHeader.of(in.fixed(BlockHeader.SIZE));
    long height = in.u64();
    BigInteger work = in.u256();
    long spanStart = in.u32();
    long periodBits = in.u32();
    long lastRealBits = in.u32();
    int count = in.u8();
    if (count < 1 || count > ChainParameters.MEDIAN_TIME_SPAN) {
      throw new DecodeException("1 to 11 recent times, not " + count);
    }
    List<Long> times = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      times.add(in.u32());
    }
    return new StoredHeader(header, height, work, times, spanStart, periodBits, lastRealBits);
  }
}
