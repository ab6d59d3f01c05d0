package dev.trestle.relay.node;

import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.ledger.LedgerEvent;
import dev.trestle.relay.ledger.Receipt;
import java.util.List;

/**
 * A final block and what it did. Stored durably before anybody is told.
 *
 * @param receipts one a transaction, in order
 * @param events of all transactions and of the block's own work, in order
 * @param outbox packets in the order of the outbox tree
 */
public record DecidedBlock(
    Block block,
    CommitCertificate certificate,
    List<Receipt> receipts,
    List<LedgerEvent> events,
    List<Packet> outbox) {
  public DecidedBlock {
    receipts = List.copyOf(receipts);
    events = List.copyOf(events);
    outbox = List.copyOf(outbox);
  }

  public long height() {
    return block.height();
  }
}
