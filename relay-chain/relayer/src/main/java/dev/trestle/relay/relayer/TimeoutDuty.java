package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.TimeoutPacket;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that packets of unordered lanes were not received in time, so that their senders are paid
 * back.
 */
final class TimeoutDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(TimeoutDuty.class);

  private final RelayChain relay;
  private final ChainDirectory chains;
  private final Refusals<Hash32> refusals = new Refusals<>();

  TimeoutDuty(RelayChain relay, ChainDirectory chains) {
    this.relay = relay;
    this.chains = chains;
  }

  @Override
  public String name() {
    return "timeouts";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    Duty.each(
        Duty.<PacketRecord>all(
            (after, limit) -> view.packets(after.map(last -> last.packet().id()), limit)),
        record -> {
          Packet packet = record.packet();
          if (record.state() == PacketRecord.State.SENT
              && !packet.timeout().equals(Packet.Timeout.NEVER)
              && packet.lane().ordering() == Lane.Ordering.UNORDERED) {
            provable(view, packet).ifPresent(block -> prove(view, packet, block));
          }
        });
  }

  /** A block past the timeout that the destination's client knows, deep enough to prove under. */
  private static Optional<HeaderRef> provable(LedgerView view, Packet packet) {
    ChainId chain = packet.lane().destination();
    LightClientFamily family = view.family(chain).orElseThrow();
    HeaderRef head = view.head(chain).orElseThrow();
    long deep = head.height() - view.chain(chain).orElseThrow().confirmations() + 1;
    Verdict<Long> seconds = family.client().timestampAt(view.clientView(chain), deep);
    // a client that knows final headers only may know none but its head up there
    HeaderRef block =
        seconds instanceof Verdict.Accepted<Long>(Long time)
            ? new HeaderRef(deep, Hash32.ZERO, time)
            : head;
    return Optional.of(block).filter(packet.timeout()::isPast);
  }

  private void prove(LedgerView view, Packet packet, HeaderRef block) {
    Hash32 id = packet.id();
    Bytes contract = packet.lane().destinationApp();
    ChainId chain = packet.lane().destination();
    Optional<ChainAdapter> adapter = chains.adapter(chain);
    Optional<PacketPort> port = adapter.flatMap(ChainAdapter::packets);
    Optional<TimeoutRules> rules = view.family(chain).flatMap(LightClientFamily::timeouts);
    if (port.isEmpty()
        || rules.isEmpty()
        || !refusals.isDue(id)
        || await(port.get().isDelivered(contract, id))) {
      return;
    }
    Bytes path = rules.get().receipt(contract, id, block.height());
    Bytes proof = await(adapter.get().evidence().absence(path));
    Receipt receipt = relay.submit(new TimeoutPacket(id, block.height(), Bytes.EMPTY, proof));
    LOG.info("timeout of packet {}: {}", id, receipt.code());
    if (receipt.isSuccess()) {
      refusals.taken(id);
    } else {
      refusals.refused(id);
    }
  }
}
