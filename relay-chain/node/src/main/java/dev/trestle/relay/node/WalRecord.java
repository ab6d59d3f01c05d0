package dev.trestle.relay.node;

import dev.trestle.base.Bytes;

/**
 * One record of the write-ahead log.
 *
 * @param lsn log sequence number, ascending by one from record to record
 * @param type 1..255, what the payload is
 */
public record WalRecord(long lsn, int type, Bytes payload) {
  public WalRecord {
    if (lsn < 0 || type < 1 || type > 255 || payload.size() > WalFormat.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("not a log record: lsn " + lsn + ", type " + type);
    }
  }
}
