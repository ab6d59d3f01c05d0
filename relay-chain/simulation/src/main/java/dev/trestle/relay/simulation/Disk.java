package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.SignGuardRules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * One validator's disk: an append-only log of framed records, the two slots of the sign guard, and
 * a block store. What is not synced may be lost, in part or torn in the middle of a record, when
 * the machine fails; a synced write survives.
 */
final class Disk {
  /** How a machine fails. */
  enum Failure {
    /** The process ends; the system still writes out everything it was given. */
    KILLED,
    /** Power fails: nothing unsynced is left. */
    POWER_LOST,
    /** A part of the unsynced bytes is left. */
    TORN,
    /** A part of the unsynced bytes is left, and other bytes after it. */
    SCRAMBLED
  }

  /** The machine fails; unwinds to the shell of the node. */
  static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final Failure failure;

    PowerCut(Failure failure) {
      super(failure.name(), null, false, false);
      this.failure = failure;
    }
  }

  /** Decides before every write whether the machine fails instead. */
  interface Power {
    Optional<Failure> fails();
  }

  /**
   * Record of the sign guard, as the node keeps it.
   *
   * @param logNext records the log held on the disk
   * @param abstainThrough height up to which nothing is signed
   */
  record Guard(
      long sequence, long logNext, long abstainThrough, Optional<SignGuardRules.Last> last) {
    static final Guard NEW = new Guard(0, 0, 0, Optional.empty());
  }

  /** What a start finds. */
  record Found(List<DurableRecord> records, boolean logLost) {}

  private static final int HEAD = 8;

  private final Power power;
  private final SplittableRandom random;
  private final List<Packet.Decided> blocks = new ArrayList<>();
  private final List<Optional<Guard>> slots =
      new ArrayList<>(List.of(Optional.of(Guard.NEW), Optional.empty()));
  private List<byte[]> synced = new ArrayList<>();
  private List<byte[]> unsynced = new ArrayList<>();
  private long firstNumber;
  private int tornTails;
  private int lostWrites;

  Disk(Power power, SplittableRandom random) {
    this.power = power;
    this.random = random;
  }

  private void check() {
    Optional<Failure> failure = power.fails();
    if (failure.isPresent()) {
      throw new PowerCut(failure.get());
    }
  }

  /** Records in the log, pruned ones included. */
  long logNext() {
    return firstNumber + synced.size() + unsynced.size();
  }

  void append(DurableRecord record) {
    byte[] payload = record.encode().toArray();
    CRC32C crc = new CRC32C();
    crc.update(payload);
    byte[] frame =
        ByteBuffer.allocate(HEAD + payload.length)
            .putInt(payload.length)
            .putInt((int) crc.getValue())
            .put(payload)
            .array();
    unsynced.add(frame); // a write that fails half way leaves a part of it
    check();
  }

  void sync() {
    if (!unsynced.isEmpty()) {
      check();
      synced.addAll(unsynced);
      unsynced.clear();
    }
  }

  /** Drops the records before the last {@code keep}; only what is synced. */
  void prune(int keep) {
    int drop = Math.max(0, synced.size() - keep);
    synced.subList(0, drop).clear();
    firstNumber += drop;
  }

  Guard guard() {
    Optional<Guard> one = slots.get(0);
    Optional<Guard> other = slots.get(1);
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other).orElseThrow();
    }
    return one.get().sequence() > other.get().sequence() ? one.get() : other.get();
  }

  /** In place into the older slot, synced. */
  void storeGuard(long abstainThrough, Optional<SignGuardRules.Last> last) {
    Guard newest = guard();
    Guard next =
        new Guard(newest.sequence() + 1, firstNumber + synced.size(), abstainThrough, last);
    int slot = slots.get(0).filter(newest::equals).isPresent() ? 1 : 0;
    Optional<Failure> failure = power.fails();
    if (failure.isPresent()) {
      switch (failure.get()) {
        case KILLED -> slots.set(slot, Optional.of(next));
        case POWER_LOST -> lostWrites++;
        case TORN, SCRAMBLED -> slots.set(slot, Optional.empty());
      }
      throw new PowerCut(failure.get());
    }
    slots.set(slot, Optional.of(next));
  }

  /** Block, certificate and state in one synced batch: all or nothing. */
  void storeBlock(Packet.Decided decided) {
    Optional<Failure> failure = power.fails();
    if (failure.isEmpty() || failure.get() == Failure.KILLED) {
      blocks.add(decided);
    }
    if (failure.isPresent()) {
      throw new PowerCut(failure.get());
    }
  }

  List<Packet.Decided> blocks() {
    return blocks;
  }

  /** The machine has failed: what of the unsynced is still there after it. */
  void fail(Failure failure) {
    byte[] tail = join(unsynced);
    unsynced.clear();
    int kept =
        switch (failure) {
          case KILLED -> tail.length;
          case POWER_LOST -> 0;
          case TORN, SCRAMBLED -> random.nextInt(tail.length + 1);
        };
    byte[] left = new byte[kept + (failure == Failure.SCRAMBLED ? 1 + random.nextInt(40) : 0)];
    System.arraycopy(tail, 0, left, 0, kept);
    for (int i = kept; i < left.length; i++) {
      left[i] = (byte) random.nextInt();
    }
    lostWrites += kept < tail.length ? 1 : 0;
    if (left.length > 0) {
      synced.add(left);
    }
  }

  /** The log is gone or damaged before its end. */
  void loseLog() {
    synced.clear();
    unsynced.clear();
    firstNumber = 0;
  }

  /** Everything is gone, the guard too: what no correct validator survives. */
  void wipe() {
    loseLog();
    slots.set(0, Optional.of(Guard.NEW));
    slots.set(1, Optional.empty());
  }

  /** Reads the log up to the first frame that is not whole, and cuts the rest off. */
  Found recover() {
    ByteBuffer bytes = ByteBuffer.wrap(join(synced));
    List<byte[]> whole = new ArrayList<>();
    List<DurableRecord> records = new ArrayList<>();
    while (bytes.remaining() >= HEAD) {
      int start = bytes.position();
      int length = bytes.getInt();
      int sum = bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        bytes.position(start);
        break;
      }
      byte[] payload = new byte[length];
      bytes.get(payload);
      CRC32C crc = new CRC32C();
      crc.update(payload);
      if ((int) crc.getValue() != sum) {
        bytes.position(start);
        break;
      }
      whole.add(ByteBuffer.allocate(HEAD + length).putInt(length).putInt(sum).put(payload).array());
      records.add(DurableRecord.decode(Bytes.wrap(payload)).orThrow());
    }
    tornTails += bytes.hasRemaining() ? 1 : 0;
    synced = whole;
    unsynced = new ArrayList<>();
    boolean lost = logNext() < guard().logNext();
    if (lost) {
      firstNumber += guard().logNext() - logNext();
    }
    return new Found(records, lost);
  }

  /** Starts that found a record cut off or damaged at the end of the log. */
  int tornTails() {
    return tornTails;
  }

  /** Failures that lost something written but not synced. */
  int lostWrites() {
    return lostWrites;
  }

  private static byte[] join(List<byte[]> frames) {
    int size = 0;
    for (byte[] each : frames) {
      size += each.length;
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    frames.forEach(all::put);
    return all.array();
  }
}
