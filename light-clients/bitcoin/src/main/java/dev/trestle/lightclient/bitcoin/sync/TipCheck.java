package dev.trestle.lightclient.bitcoin.sync;

import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.DifficultyParameters;
import dev.trestle.lightclient.bitcoin.DifficultyRule;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * The rules of {@code HeaderRules} for the child of one moving tip, on raw bytes: the same in the
 * same order, without an object for each header. Not thread-safe.
 *
 * <p>Answers with {@code bad-diffbits}, {@code high-hash}, {@code time-too-old} (BIP-113), {@code
 * time-too-new}, {@code time-timewarp-attack} (BIP-94) and {@code bad-version} (BIP-34, 65, 66).
 */
final class TipCheck {
  private static final int SPAN = ChainParameters.MEDIAN_TIME_SPAN;

  private final ChainParameters network;
  private final DifficultyParameters difficulty;
  private final DifficultyRule retarget;
  private final long limitBits;
  private final HeaderHash hash = new HeaderHash();
  private final byte[] tipId = new byte[32];
  private final byte[] candidate = new byte[32];
  // The last SPAN times in a ring, and the same ones sorted.
  private final long[] ring = new long[SPAN];
  private final long[] sorted = new long[SPAN];
  private int times;
  private int ringAt;
  private long height;
  // Blocks until the next retarget, the one that does it included.
  private int untilRetarget;
  private long tipTime;
  private long tipBits;
  private long spanStart;
  private long periodBits;
  private long lastRealBits;
  // Work of the chain up to the run of headers with the target of the tip, and the run's length.
  private BigInteger workBefore = BigInteger.ZERO;
  private long runLength;
  private Optional<FastHeader.Target> runTarget = Optional.empty();
  private long runBits = -1;
  private Optional<FastHeader.Target> checked = Optional.empty();
  private long checkedBits = -1;
  private int floorVersion;
  private long nextFloorChange;

  TipCheck(ChainParameters network, StoredHeader start) {
    this.network = network;
    this.difficulty = network.difficulty();
    this.retarget = new DifficultyRule(difficulty);
    this.limitBits = difficulty.powLimitBits();
    reset(start);
  }

  /** Makes {@code header} the tip. */
  void reset(StoredHeader header) {
    System.arraycopy(header.header().id().toArray(), 0, tipId, 0, 32);
    height = header.height();
    untilRetarget = difficulty.interval() - (int) (height % difficulty.interval());
    tipTime = header.header().time();
    tipBits = header.header().bits();
    spanStart = header.spanStart();
    periodBits = header.periodBits();
    lastRealBits = header.lastRealBits();
    times = 0;
    ringAt = 0;
    header.recentTimes().forEach(this::remember);
    workBefore = header.chainWork();
    runLength = 0;
    runBits = tipBits;
    runTarget = FastHeader.Target.of(tipBits, difficulty.powLimit());
    floorsFrom(height + 1);
  }

  private void floorsFrom(long next) {
    floorVersion =
        network.versionFloors().headMap(next + 1).values().stream()
            .reduce(Integer.MIN_VALUE, (earlier, later) -> later);
    nextFloorChange =
        network.versionFloors().tailMap(next + 1).keySet().stream()
            .findFirst()
            .orElse(Long.MAX_VALUE);
  }

  /** Whether the next header opens a retarget period. */
  boolean opensPeriod() {
    return untilRetarget == 1;
  }

  long height() {
    return height;
  }

  BigInteger chainWork() {
    return runLength == 0
        ? workBefore
        : workBefore.add(runTarget.orElseThrow().work().multiply(BigInteger.valueOf(runLength)));
  }

  /** Id of the header that was checked last. */
  byte[] candidate() {
    return candidate;
  }

  boolean isParentOf(byte[] raw) {
    return Arrays.equals(raw, 4, 36, tipId, 0, 32);
  }

  /**
   * Why a child of the tip is wrong.
   *
   * @param index of it in the batch that {@code work} is of
   */
  Optional<RejectionCode> check(byte[] raw, ProofOfWork work, int index, long nowSeconds) {
    long bits = FastHeader.bits(raw);
    long time = FastHeader.time(raw);
    if (bits != checkedBits) {
      checkedBits = bits;
      checked = FastHeader.Target.of(bits, difficulty.powLimit());
    }
    if (checked.isEmpty() || bits != nextBits(time)) {
      return Optional.of(RejectionCode.BAD_DIFFBITS);
    }
    hash.sha256d(raw, candidate);
    if (!checked.get().isMetBy(work.hash(index, candidate))) {
      return Optional.of(RejectionCode.HIGH_HASH);
    }
    if (time <= sorted[times / 2]) {
      return Optional.of(RejectionCode.TIME_TOO_OLD);
    }
    if (time - ChainParameters.MAX_FUTURE_SECONDS > nowSeconds) {
      return Optional.of(RejectionCode.TIME_TOO_NEW);
    }
    if (difficulty.bip94()
        && untilRetarget == 1
        && time < tipTime - ChainParameters.MAX_TIMEWARP_SECONDS) {
      return Optional.of(RejectionCode.TIME_TIMEWARP_ATTACK);
    }
    return FastHeader.version(raw) < floorVersion
        ? Optional.of(RejectionCode.BAD_VERSION)
        : Optional.empty();
  }

  private long nextBits(long time) {
    if (!difficulty.retargets()) {
      return tipBits;
    }
    if (untilRetarget == 1) {
      return retarget.retarget(difficulty.bip94() ? periodBits : tipBits, tipTime - spanStart);
    }
    if (!difficulty.minDifficultyBlocks()) {
      return tipBits;
    }
    return time > tipTime + 2 * difficulty.spacingSeconds() ? limitBits : lastRealBits;
  }

  /** Makes the header that was just checked the tip. */
  void advance(byte[] raw) {
    long bits = FastHeader.bits(raw);
    long time = FastHeader.time(raw);
    boolean opens = untilRetarget == 1;
    if (bits != runBits) {
      workBefore = chainWork();
      runLength = 0;
      runBits = bits;
      runTarget = checked;
    }
    runLength++;
    if (opens) {
      spanStart = difficulty.fullPeriodTimespan() ? tipTime : time;
      periodBits = bits;
    }
    if (opens || bits != limitBits) {
      lastRealBits = bits;
    }
    untilRetarget = opens ? difficulty.interval() : untilRetarget - 1;
    height++;
    tipTime = time;
    tipBits = bits;
    System.arraycopy(candidate, 0, tipId, 0, 32);
    remember(time);
    if (height + 1 >= nextFloorChange) {
      floorsFrom(height + 1);
    }
  }

  /** Replaces the oldest of the last times in the ring, and in the sorted ones. */
  private void remember(long time) {
    int place;
    if (times < SPAN) {
      place = times++;
    } else {
      long oldest = ring[ringAt];
      place = 0;
      while (sorted[place] != oldest) {
        place++;
      }
    }
    ring[ringAt] = time;
    ringAt = (ringAt + 1) % SPAN;
    sorted[place] = time;
    while (place > 0 && sorted[place - 1] > time) {
      sorted[place] = sorted[place - 1];
      sorted[--place] = time;
    }
    while (place < times - 1 && sorted[place + 1] < time) {
      sorted[place] = sorted[place + 1];
      sorted[++place] = time;
    }
  }
}
