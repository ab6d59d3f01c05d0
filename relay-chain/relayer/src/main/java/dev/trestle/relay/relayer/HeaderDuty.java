package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.ChainId;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.TransactionBody.UpdateClient;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings new headers of chains that prove themselves (proof of work) to their light clients. Chains
 * whose headers a committee attests are left to its members.
 */
final class HeaderDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(HeaderDuty.class);

  /** Headers of one transaction. */
  private static final int MAX_HEADERS = 500;

  /** How far back a common ancestor is looked for, blocks. */
  private static final int MAX_DEPTH = 1_000;

  private final RelayChain relay;
  private final ChainDirectory chains;

  HeaderDuty(RelayChain relay, ChainDirectory chains) {
    this.relay = relay;
    this.chains = chains;
  }

  @Override
  public String name() {
    return "headers";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    Duty.each(
        view.chains(),
        record ->
            view.family(record.chain())
                .filter(family -> family.attestations().isEmpty())
                .ifPresent(
                    family ->
                        chains
                            .adapter(record.chain())
                            .ifPresent(adapter -> follow(record.chain(), family, adapter))));
  }

  private void follow(ChainId chain, LightClientFamily family, ChainAdapter adapter) {
    HeaderSource source = adapter.headers();
    HeaderRef known = relay.view().head(chain).orElseThrow();
    RawHeader latest = await(source.latest());
    if (latest.ref().height() < known.height() || latest.ref().id().equals(known.id())) {
      return; // nothing new, or a branch that is shorter: it cannot have more work for long
    }
    for (long back = 0; back <= MAX_DEPTH; back = back == 0 ? 1 : back * 2) {
      long from = Math.max(1, known.height() + 1 - back);
      long to = Math.min(latest.ref().height(), from + MAX_HEADERS - 1 + back);
      List<RawHeader> headers = await(source.range(from, to));
      Receipt receipt =
          relay.submit(
              new UpdateClient(
                  chain,
                  family.client().encodeUpdate(headers.stream().map(RawHeader::raw).toList())));
      if (receipt.isSuccess()) {
        return;
      }
      LOG.info("headers {}..{} of {}: {}", from, to, chain, receipt.code());
      if (!receipt.code().equals("bad-prev")) {
        return;
      }
      // the known head is on another branch: go further back
    }
  }
}
