package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.packet.Packet;
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
    Duty.each(Journey.all(relay.view(), chains, PacketDuty::isDue), this::deliver);
  }

  /** Also of a lane that goes on only once its contract has answered those that timed out. */
  private static boolean isDue(PacketRecord record) {
    return record.state() == PacketRecord.State.SENT
        || (record.state() == PacketRecord.State.TIMED_OUT && Journey.mayBeLate(record.packet()));
  }

  private void deliver(Journey journey) {
    Packet packet = journey.packet();
    ChainAdapter adapter = journey.adapter();
    if (journey.expires()
        && !Journey.mayBeLate(packet)
        && packet.timeout().isPast(await(adapter.headers().latest()).ref())) {
      return; // the contract would refuse it
    }
    if (isOnItsWay(adapter, packet.id()) || journey.isDelivered()) {
      return;
    }
    Optional<PacketPort.PacketDelivery> delivery = relay.delivery(packet.id());
    if (delivery.isEmpty()) {
      return; // the block is not final here yet
    }
    SignedTransaction transaction =
        await(journey.port().prepareDelivery(journey.contract(), delivery.get(), key));
    sent.put(packet.id(), transaction.id());
    await(adapter.transactions().broadcast(transaction.raw()));
    LOG.info("packet {} sent in {}", packet.id(), transaction.id());
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
