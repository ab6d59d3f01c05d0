package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.state.Batch;
import java.util.List;
import java.util.Optional;

/**
 * An executed block that is not committed. Several may exist for one height; {@link Ledger#commit}
 * takes one of them.
 *
 * @param parentRoot state root that it was executed on
 * @param stateRoot state root after it
 * @param outbox packets in the order of the outbox tree's leaves, which are their ids
 * @param outboxRoot root of that tree
 * @param receipts one a transaction, in order
 * @param events of all transactions and of the block's own work, in order
 * @param nextValidators the set that certifies the next block, if it is another than before; the
 *     header names it
 * @param writes everything that a commit writes
 */
public record BlockResult(
    BlockContext context,
    Hash32 parentRoot,
    Hash32 stateRoot,
    List<Packet> outbox,
    Hash32 outboxRoot,
    List<Receipt> receipts,
    List<LedgerEvent> events,
    Optional<List<Genesis.Validator>> nextValidators,
    Batch writes) {
  public BlockResult {
    outbox = List.copyOf(outbox);
    receipts = List.copyOf(receipts);
    events = List.copyOf(events);
    nextValidators = nextValidators.map(List::copyOf);
  }
}
