package dev.trestle.relay.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the segments of a write-ahead log and tells a torn tail from damage. */
record WalScan(List<Segment> segments, List<WalRecord> records, long nextLsn, boolean isDamaged) {
  /**
   * @param validBytes header and whole records; zero if not even the header is whole
   */
  record Segment(Path file, long firstLsn, int validBytes) {}

  static WalScan damaged() {
    return new WalScan(List.of(), List.of(), 0, true);
  }

  static WalScan of(List<Path> files) throws IOException {
    List<Segment> segments = new ArrayList<>();
    List<WalRecord> records = new ArrayList<>();
    long next = -1;
    for (int i = 0; i < files.size(); i++) {
      boolean last = i == files.size() - 1;
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(files.get(i)));
      Optional<Long> first = WalFormat.firstLsn(bytes);
      if (first.isEmpty()) {
        if (!last || holdsRecord(bytes, 0, next)) {
          return damaged();
        }
        next = Math.max(next, 0);
        segments.add(new Segment(files.get(i), next, 0));
        break;
      }
      if (next >= 0 && first.get() != next) {
        return damaged();
      }
      next = first.get();
      int at = WalFormat.SEGMENT_HEADER_BYTES;
      Optional<WalRecord> record = WalFormat.decode(bytes, at);
      while (record.isPresent() && record.get().lsn() == next) {
        records.add(record.get());
        at += WalFormat.encodedSize(record.get());
        next++;
        record = WalFormat.decode(bytes, at);
      }
      if (at < bytes.limit() && (!last || holdsRecord(bytes, at, next))) {
        return damaged();
      }
      segments.add(new Segment(files.get(i), first.get(), at));
    }
    return new WalScan(List.copyOf(segments), List.copyOf(records), Math.max(next, 0), false);
  }

  /**
   * Whether the bytes from {@code from} on are more than the torn tail of an append: a whole record
   * stands among them, or one of exactly the length that is left fails its checksum.
   */
  private static boolean holdsRecord(ByteBuffer bytes, int from, long next) {
    int left = bytes.limit() - from - WalFormat.RECORD_HEADER_BYTES;
    if (from > 0 && left >= 0 && bytes.getInt(from) == left) {
      return true;
    }
    for (int at = from; at <= bytes.limit() - WalFormat.RECORD_HEADER_BYTES; at++) {
      long lsn = bytes.getLong(at + 8);
      boolean plausible = lsn >= 0 && (next < 0 || (lsn >= next && lsn - next <= bytes.limit()));
      if (plausible && WalFormat.decode(bytes, at).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
