package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.ledger.tx.TransactionBody.PlanSweep;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitRelease;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broadcasts releases that enough members have signed and proves their execution; asks for the
 * sweep of every credited deposit.
 */
final class ReleaseDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseDuty.class);

  private final RelayChain relay;
  private final ChainDirectory chains;

  /**
   * By release, and for sweeps that are not planned by the coin's transaction: a pause, or a client
   * that may not verify, refuses them until it ends.
   */
  private final Refusals<Hash32> refusals = new Refusals<>();

  ReleaseDuty(RelayChain relay, ChainDirectory chains) {
    this.relay = relay;
    this.chains = chains;
  }

  @Override
  public String name() {
    return "releases";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    List<Runnable> work = new ArrayList<>();
    // Sweeps first: the packet of a deposit goes out when its sweep is proven, and payouts wait for
    // it as well.
    view.routes().stream()
        .map(RouteRecord::home)
        .distinct()
        .forEach(home -> work.add(() -> sweep(view, home)));
    for (ReleaseRecord release :
        Duty.<ReleaseRecord>all(
            (after, limit) ->
                view.releases(ReleaseRecord.State.READY, after.map(ReleaseRecord::id), limit))) {
      work.add(
          () ->
              chains.adapter(release.chain()).ifPresent(adapter -> carry(view, release, adapter)));
    }
    Duty.each(work, Runnable::run);
  }

  private void carry(LedgerView view, ReleaseRecord release, ChainAdapter adapter) {
    Bytes transaction = release.transaction().orElseThrow();
    Hash32 transactionId = await(adapter.transactions().broadcast(transaction));
    if (!(await(adapter.transactions().status(transactionId))
        instanceof TransactionStatus.Included included)) {
      return;
    }
    long wanted = view.route(release.routeId()).orElseThrow().confirmations();
    HeaderRef head = view.head(release.chain()).orElseThrow();
    if (head.height() - included.height() + 1 < wanted) {
      return;
    }
    if (refusals.isDue(release.id())) {
      Claim claim = await(adapter.evidence().transaction(transactionId));
      offer(release.id(), new SubmitRelease(release.id(), claim));
    }
  }

  private void offer(Hash32 subject, TransactionBody body) {
    Receipt receipt = relay.submit(body);
    LOG.info("{} of {}: {}", body.getClass().getSimpleName(), subject, receipt.code());
    if (receipt.isSuccess()) {
      refusals.taken(subject);
    } else {
      refusals.refused(subject);
    }
  }

  private void sweep(LedgerView view, dev.trestle.base.ChainId home) {
    Duty.each(
        Duty.<CoinRecord>all((after, limit) -> view.coins(home, after, limit)),
        coin -> {
          Hash32 transaction = coin.coin().txId();
          boolean waits = coin.isDeposit() && coin.reservedFor().isEmpty();
          if (waits && refusals.isDue(transaction)) {
            offer(transaction, new PlanSweep(home, transaction, coin.coin().outputIndex()));
          }
        });
  }
}
