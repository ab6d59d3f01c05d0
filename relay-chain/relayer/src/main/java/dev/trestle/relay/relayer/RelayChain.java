package dev.trestle.relay.relayer;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;

/**
 * What the relayer needs of the relay chain: its verified state, and a way to send transactions.
 */
public interface RelayChain {
  /** The newest committed state that this node has verified itself. */
  LedgerView view();

  /** Relay height of {@link #view()}. */
  long height();

  /**
   * Signs a transaction with the relayer's own key, sends it and waits for its receipt. Blocks; for
   * virtual threads.
   *
   * @throws dev.trestle.base.TrestleException when it is not included in time
   */
  Receipt submit(TransactionBody body);

  /** All changes of validators so far, the oldest first. */
  List<HandOver> handOvers();

  /** Header, certificate and outbox proof of a packet; empty for unknown ones. */
  Optional<PacketDelivery> delivery(Hash32 packetId);
}
