package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.record.StateKeys.Table;

/**
 * A transfer that waits for its deposit, as the index of such transfers has it.
 *
 * @param expiresAtMillis its end, Unix milliseconds of block time
 */
public record OpenTransfer(long expiresAtMillis, Hash32 id) {
  public static OpenTransfer of(TransferRecord transfer) {
    return new OpenTransfer(transfer.expiresAtMillis(), transfer.id());
  }

  /** The entry under {@code key}. */
  public static OpenTransfer at(Bytes key) {
    return CanonicalReader.decode(
        key.slice(Table.OPEN_TRANSFER.prefix().size(), key.size()),
        in -> new OpenTransfer(in.u64(), in.hash()));
  }

  public Bytes key() {
    return StateKeys.openTransfer(expiresAtMillis, id);
  }
}
