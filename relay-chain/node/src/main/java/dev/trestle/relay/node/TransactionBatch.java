package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.ArrayList;
import java.util.List;

/** Transactions in one frame: {@code u32 count | (bytes transaction)...}. */
record TransactionBatch(List<Bytes> transactions) {
  static final int MAX_TRANSACTIONS = 4_096;

  /** A frame is closed when it has this many bytes; a single larger transaction still fits. */
  static final int SOFT_LIMIT_BYTES = 256 << 10;

  TransactionBatch {
    transactions = List.copyOf(transactions);
  }

  Bytes encode() {
    return new CanonicalWriter().list(transactions, CanonicalWriter::bytes).toBytes();
  }

  static TransactionBatch decode(Bytes bytes) {
    int limit = FrameType.TRANSACTION.maxBytes();
    return CanonicalReader.decode(
        bytes, in -> new TransactionBatch(in.list(MAX_TRANSACTIONS, r -> r.bytes(limit))));
  }

  /** Spreads transactions over as many frames as their number and size ask for. */
  static List<TransactionBatch> split(List<Bytes> transactions) {
    List<TransactionBatch> batches = new ArrayList<>();
    List<Bytes> current = new ArrayList<>();
    long size = 0;
    for (Bytes each : transactions) {
      boolean full = size + each.size() > SOFT_LIMIT_BYTES || current.size() >= MAX_TRANSACTIONS;
      if (full && !current.isEmpty()) {
        batches.add(new TransactionBatch(current));
        current = new ArrayList<>();
        size = 0;
      }
      current.add(each);
      size += each.size();
    }
    if (!current.isEmpty()) {
      batches.add(new TransactionBatch(current));
    }
    return batches;
  }
}
