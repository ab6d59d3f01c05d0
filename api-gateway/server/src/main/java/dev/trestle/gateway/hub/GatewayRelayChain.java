package dev.trestle.gateway.hub;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.gateway.http.Problem;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.relayer.HandOver;
import dev.trestle.relay.relayer.RelayChain;
import java.util.List;
import java.util.Optional;

/** The relay chain for the relayer of this gateway. */
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
    try {
      return sender.submit(body);
    } catch (Problem e) {
      throw new TrestleException(e.code(), String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<HandOver> handOvers() {
    return node.handOvers();
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    return node.delivery(packetId);
  }
}
