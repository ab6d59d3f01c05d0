package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves what the bridge contracts said: packets received, values sent back. A message is submitted
 * when the chain's light client knows its block.
 */
final class MessageDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(MessageDuty.class);

  /** Blocks read in one run. */
  private static final long MAX_BLOCKS = 1_000;

  private static final class Place {
    private long nextHeight;
    private final List<SourceEvent> waiting = new ArrayList<>();
  }

  private final RelayChain relay;
  private final ChainDirectory chains;

  /** Where reading goes on; lost at a restart, when it begins again at the chain's registration. */
  private final Map<ChainId, Place> places = new TreeMap<>();

  private final Refusals<SourceEvent> refusals = new Refusals<>();

  MessageDuty(RelayChain relay, ChainDirectory chains) {
    this.relay = relay;
    this.chains = chains;
  }

  @Override
  public String name() {
    return "messages";
  }

  @Override
  public void run() {
    Duty.each(
        relay.view().chains(),
        record ->
            record
                .bridgeContract()
                .ifPresent(
                    contract ->
                        chains
                            .adapter(record.chain())
                            .ifPresent(adapter -> read(record, contract, adapter))));
  }

  private void read(ChainRecord record, Bytes contract, ChainAdapter adapter) {
    Place place = places.computeIfAbsent(record.chain(), chain -> new Place());
    long last = await(adapter.headers().finalized()).ref().height();
    long to = Math.min(last, place.nextHeight + MAX_BLOCKS - 1);
    if (to >= place.nextHeight) {
      place.waiting.addAll(await(adapter.messages().replay(contract, place.nextHeight, to)));
      place.nextHeight = to + 1;
    }
    LightClientFamily family = relay.view().family(record.chain()).orElseThrow();
    Duty.each(
        List.copyOf(place.waiting),
        event -> {
          if (submit(record.chain(), contract, adapter, family, event)) {
            place.waiting.remove(event);
          }
        });
  }

  /** Whether nothing remains to be done for {@code event}. */
  private boolean submit(
      ChainId chain,
      Bytes contract,
      ChainAdapter adapter,
      LightClientFamily family,
      SourceEvent event) {
    LedgerView view = relay.view();
    if (!family.client().timestampAt(view.clientView(chain), event.block().height()).isAccepted()) {
      return false;
    }
    Claim claim = await(adapter.evidence().message(event));
    ProvenFact said = new ProvenFact(claim.path(), claim.value(), event.block(), ProvenFact.FINAL);
    if (family.messages().orElseThrow().read(said, contract)
            instanceof Verdict.Accepted<ChainMessage>(ChainMessage message)
        && isKnown(view, message)) {
      refusals.taken(event);
      return true;
    }
    if (!refusals.isDue(event)) {
      return false;
    }
    Receipt receipt = relay.submit(new SubmitMessage(chain, claim));
    LOG.info("message in block {} of {}: {}", event.block().height(), chain, receipt.code());
    if (receipt.isSuccess()) {
      refusals.taken(event);
      return true;
    }
    // what the ledger refuses now it may accept later (a pause, a limit): keep it
    refusals.refused(event);
    return false;
  }

  private static boolean isKnown(LedgerView view, ChainMessage message) {
    return switch (message) {
      case ChainMessage.PacketReceived received ->
          view.packet(received.packetId())
              .filter(packet -> packet.state() == PacketRecord.State.SENT)
              .isEmpty();
      case ChainMessage.TransferSent sent -> view.burn(sent.lane(), sent.sequence()).isPresent();
    };
  }
}
