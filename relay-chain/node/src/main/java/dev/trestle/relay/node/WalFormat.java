package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Bytes of the write-ahead log, version 1, big-endian. A segment is a 24-byte header {@code "TRWL"
 * | u8 version | 3 zero bytes | u64 firstLsn | u32 zero | u32 crc32c} and records {@code u32
 * payloadLength | u32 crc32c | u64 lsn | u8 type | payload}; a checksum covers everything of its
 * header or record but itself.
 */
final class WalFormat {
  /** Largest payload of one record, in bytes: a block and its frame fit. */
  static final int MAX_PAYLOAD_BYTES = 8 << 20;

  static final int SEGMENT_HEADER_BYTES = 24;
  static final int RECORD_HEADER_BYTES = 17;
  private static final int VERSION = 1;
  private static final byte[] MAGIC = {'T', 'R', 'W', 'L', VERSION, 0, 0, 0};

  private WalFormat() {}

  static ByteBuffer segmentHeader(long firstLsn) {
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER_BYTES);
    header.put(MAGIC).putLong(firstLsn).putInt(0);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, SEGMENT_HEADER_BYTES - 4);
    return header.putInt((int) crc.getValue()).flip();
  }

  /** The first LSN that a segment's header names; empty if the header is not whole. */
  static Optional<Long> firstLsn(ByteBuffer segment) {
    if (segment.limit() < SEGMENT_HEADER_BYTES) {
      return Optional.empty();
    }
    long firstLsn = segment.getLong(8);
    ByteBuffer found = segment.duplicate().position(0).limit(SEGMENT_HEADER_BYTES);
    return firstLsn >= 0 && segmentHeader(firstLsn).equals(found)
        ? Optional.of(firstLsn)
        : Optional.empty();
  }

  static ByteBuffer encode(WalRecord record) {
    int length = record.payload().size();
    ByteBuffer out = ByteBuffer.allocate(RECORD_HEADER_BYTES + length);
    out.putInt(length).putInt(0).putLong(record.lsn()).put((byte) record.type());
    out.put(record.payload().toArray()).flip();
    return out.putInt(4, checksum(out, 0, length));
  }

  /** The record at {@code offset}; empty if there is no whole, undamaged one. */
  static Optional<WalRecord> decode(ByteBuffer segment, int offset) {
    if (segment.limit() - offset < RECORD_HEADER_BYTES) {
      return Optional.empty();
    }
    int length = segment.getInt(offset);
    long lsn = segment.getLong(offset + 8);
    int type = segment.get(offset + 16) & 0xff;
    if (length < 0
        || length > MAX_PAYLOAD_BYTES
        || length > segment.limit() - offset - RECORD_HEADER_BYTES
        || lsn < 0
        || type == 0
        || segment.getInt(offset + 4) != checksum(segment, offset, length)) {
      return Optional.empty();
    }
    byte[] payload = new byte[length];
    segment.get(offset + RECORD_HEADER_BYTES, payload);
    return Optional.of(new WalRecord(lsn, type, Bytes.wrap(payload)));
  }

  static int encodedSize(WalRecord record) {
    return RECORD_HEADER_BYTES + record.payload().size();
  }

  private static int checksum(ByteBuffer segment, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(segment.duplicate().limit(offset + 4).position(offset));
    crc.update(
        segment.duplicate().limit(offset + RECORD_HEADER_BYTES + length).position(offset + 8));
    return (int) crc.getValue();
  }
}
