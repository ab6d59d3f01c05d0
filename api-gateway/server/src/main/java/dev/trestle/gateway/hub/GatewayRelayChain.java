package dev.trestle.gateway.hub;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.relayer.RelayChain;
import java.util.Optional;

/** The relayer's relay chain: this gateway's follower and its sender key. */
public record GatewayRelayChain(HubNode node, RelaySender sender) implements RelayChain {
  @Override
  public LedgerView view() {
    return node.view();
  }

  @Override
  public long height() {
    return node.head().height();
  }

  @Override
  public Receipt submit(TransactionBody body) {
    return sender.submit(body);
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    return node.delivery(packetId);
  }
}
