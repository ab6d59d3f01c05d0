package dev.trestle.lightclient.bitcoin.sync;

import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.DifficultyParameters;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts the context of a header back together from the rows around it. */
final class ContextReader {
  private final DifficultyParameters difficulty;
  private final StoredHeader start;
  private final HeaderTable table;

  ContextReader(ChainParameters network, StoredHeader start, HeaderTable table) {
    this.difficulty = network.difficulty();
    this.start = start;
    this.table = table;
  }

  /** Empty where a row that is needed has been pruned. */
  Optional<StoredHeader> at(long height, TipCheck tip) {
    long period = height - height % difficulty.interval();
    long first = Math.max(period, start.height());
    long spanFrom =
        difficulty.fullPeriodTimespan() && period > 0 ? Math.max(period - 1, first - 1) : period;
    boolean periodIsKnown = period > start.height();
    long oldestTime = height - ChainParameters.MEDIAN_TIME_SPAN + 1;
    boolean timesKept = oldestTime >= table.floor() || table.floor() == start.height();
    boolean periodKept = !periodIsKnown || spanFrom >= table.floor();
    if (!timesKept || !periodKept) {
      return Optional.empty();
    }
    return Optional.of(
        new StoredHeader(
            table.header(height),
            height,
            work(height, tip),
            times(height),
            periodIsKnown ? table.time(spanFrom) : start.spanStart(),
            periodIsKnown ? table.bits(period) : start.periodBits(),
            lastReal(height, first)));
  }

  private List<Long> times(long height) {
    List<Long> times = new ArrayList<>();
    for (long at = height; at > start.height() && times.size() < span(); at--) {
      times.addFirst(table.time(at));
    }
    List<Long> older = start.recentTimes();
    for (int i = older.size() - 1; i >= 0 && times.size() < span(); i--) {
      times.addFirst(older.get(i));
    }
    return times;
  }

  private static int span() {
    return ChainParameters.MEDIAN_TIME_SPAN;
  }

  private long lastReal(long height, long first) {
    long limit = difficulty.powLimitBits();
    for (long at = height; at > start.height() && at >= first; at--) {
      if (table.bits(at) != limit || at % difficulty.interval() == 0) {
        return table.bits(at);
      }
    }
    return start.lastRealBits();
  }

  /** The tip's work without that of the headers above {@code height}. */
  private BigInteger work(long height, TipCheck tip) {
    BigInteger work = tip.chainWork();
    long runBits = -1;
    BigInteger each = BigInteger.ZERO;
    for (long at = tip.height(); at > height; at--) {
      long bits = table.bits(at);
      if (bits != runBits) {
        runBits = bits;
        each = CompactTarget.work(CompactTarget.decode(bits).orElseThrow());
      }
      work = work.subtract(each);
    }
    return work;
  }
}
