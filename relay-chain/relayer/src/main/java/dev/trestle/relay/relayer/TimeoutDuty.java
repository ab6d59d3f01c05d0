package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.EvidenceSource;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
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
 * Proves that packets were not received in time, so that their senders are paid back: by the
 * absence of a receipt, on an ordered lane by the last sequence that its contract has received. On
 * a lane that goes on behind a timeout the ledger takes each outcome in its turn, so only the next
 * one is offered; on one that a timeout closes every packet in flight comes to its own end.
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
        Journey.all(view, chains, record -> record.state() == PacketRecord.State.SENT),
        journey -> {
          if (journey.expires() && isInTurn(view, journey.packet())) {
            provable(view, journey.packet()).ifPresent(block -> prove(view, journey, block));
          }
        });
  }

  private static boolean isInTurn(LedgerView view, Packet packet) {
    Lane lane = packet.lane();
    return lane.ordering() != Lane.Ordering.ORDERED_ALLOW_TIMEOUT
        || packet.sequence() == view.lane(lane.hash()).nextEnd();
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

  private void prove(LedgerView view, Journey journey, HeaderRef block) {
    Packet packet = journey.packet();
    Hash32 id = packet.id();
    Optional<TimeoutRules> rules =
        view.family(packet.lane().destination()).flatMap(LightClientFamily::timeouts);
    if (rules.isEmpty() || !refusals.isDue(id) || journey.isDelivered()) {
      return;
    }
    Claim claim = claim(rules.get(), journey, block.height());
    Receipt receipt =
        relay.submit(new TimeoutPacket(id, block.height(), claim.value(), claim.proof()));
    LOG.info("timeout of packet {}: {}", id, receipt.code());
    if (receipt.isSuccess()) {
      refusals.taken(id);
    } else {
      refusals.refused(id);
    }
  }

  private static Claim claim(TimeoutRules rules, Journey journey, long height) {
    Lane lane = journey.packet().lane();
    EvidenceSource evidence = journey.adapter().evidence();
    if (lane.ordering() == Lane.Ordering.UNORDERED) {
      Bytes path = rules.receipt(journey.contract(), journey.packet().id(), height);
      return new Claim(path, Bytes.EMPTY, await(evidence.absence(path)));
    }
    return await(
        evidence.stored(rules.lastReceived(journey.contract(), lane.hash(), height).orElseThrow()));
  }
}
