package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.PacketRecord;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers packets to the contracts they are for. The contract executes a packet once, whoever
 * brings it and however often, so a delivery that was forgotten in a crash may be sent again.
 */
final class PacketDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(PacketDuty.class);

  private final RelayChain relay;
  private final ChainDirectory chains;
  private final SecretKey key;

  /** Deliveries on their way, so that they are not sent twice while they wait for a block. */
  private final Map<Hash32, Hash32> sent = new ConcurrentHashMap<>();

  PacketDuty(RelayChain relay, ChainDirectory chains, SecretKey key) {
    this.relay = relay;
    this.chains = chains;
    this.key = key;
  }

  @Override
  public String name() {
    return "packets";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    Duty.each(
        Duty.<PacketRecord>all(
            (after, limit) -> view.packets(after.map(last -> last.packet().id()), limit)),
        record -> {
          if (record.state() == PacketRecord.State.SENT) {
            deliver(record);
          }
        });
  }

  private void deliver(PacketRecord record) {
    Optional<ChainAdapter> adapter = chains.adapter(record.packet().lane().destination());
    Optional<PacketPort> port = adapter.flatMap(ChainAdapter::packets);
    if (port.isEmpty()) {
      return;
    }
    Hash32 packetId = record.packet().id();
    Bytes contract = record.packet().lane().destinationApp();
    Packet.Timeout timeout = record.packet().timeout();
    if (!timeout.equals(Packet.Timeout.NEVER)
        && timeout.isPast(await(adapter.get().headers().latest()).ref())) {
      return; // the contract would refuse it
    }
    if (isOnItsWay(adapter.get(), packetId) || await(port.get().isDelivered(contract, packetId))) {
      return;
    }
    Optional<PacketPort.PacketDelivery> delivery = relay.delivery(packetId);
    if (delivery.isEmpty()) {
      return; // the block is not final here yet
    }
    SignedTransaction transaction =
        await(port.get().prepareDelivery(contract, delivery.get(), key));
    sent.put(packetId, transaction.id());
    await(adapter.get().transactions().broadcast(transaction.raw()));
    LOG.info("packet {} sent in {}", packetId, transaction.id());
  }

  private boolean isOnItsWay(ChainAdapter adapter, Hash32 packetId) {
    Hash32 transactionId = sent.get(packetId);
    if (transactionId == null) {
      return false;
    }
    return switch (await(adapter.transactions().status(transactionId))) {
      case TransactionStatus.Pending pending -> true;
      case TransactionStatus.Included included -> {
        if (!included.success()) {
          LOG.warn("delivery {} of packet {} reverted", transactionId, packetId);
          sent.remove(packetId);
        }
        yield included.success();
      }
      case TransactionStatus.Unknown unknown -> {
        sent.remove(packetId);
        yield false;
      }
    };
  }
}
