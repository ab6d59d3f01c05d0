package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.CustodyPort.ScriptOutput;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitDeposit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Proves deposits of open transfers once they are deep enough. */
final class DepositDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(DepositDuty.class);

  private final RelayChain relay;
  private final ChainDirectory chains;
  private final Refusals<Offered> refusals = new Refusals<>();

  private record Offered(Hash32 transferId, Hash32 transactionId, long outputIndex) {}

  DepositDuty(RelayChain relay, ChainDirectory chains) {
    this.relay = relay;
    this.chains = chains;
  }

  @Override
  public String name() {
    return "deposits";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    Duty.each(
        Duty.<TransferRecord>all(
            (after, limit) -> view.transfers(after.map(TransferRecord::id), limit)),
        transfer -> {
          if (transfer.state() == TransferRecord.State.OPEN) {
            look(view, transfer);
          }
        });
  }

  private void look(LedgerView view, TransferRecord transfer) {
    RouteRecord route = view.route(transfer.routeId()).orElseThrow();
    Optional<ChainAdapter> adapter = chains.adapter(route.home());
    Optional<CustodyPort> custody = adapter.flatMap(ChainAdapter::custody);
    if (custody.isEmpty()) {
      return;
    }
    HeaderRef clientHead = view.head(route.home()).orElseThrow();
    long nodeHead = await(adapter.get().headers().latest()).ref().height();
    for (ScriptOutput output :
        await(custody.get().outputsOf(view.depositLock(transfer.id()).orElseThrow().script()))) {
      long height = nodeHead - output.confirmations() + 1;
      boolean deep =
          output.confirmations() > 0 && clientHead.height() - height + 1 >= route.confirmations();
      Offered offered = new Offered(transfer.id(), output.transactionId(), output.outputIndex());
      if (deep
          && !output.amount().isLessThan(transfer.amount())
          && view.creditedTo(route.home(), output.transactionId(), output.outputIndex()).isEmpty()
          && refusals.isDue(offered)) {
        Claim claim = await(adapter.get().evidence().transaction(output.transactionId()));
        Receipt receipt = relay.submit(new SubmitDeposit(transfer.id(), claim));
        LOG.info("deposit of transfer {}: {}", transfer.id(), receipt.code());
        if (receipt.isSuccess()) {
          refusals.taken(offered);
          return;
        }
        if (receipt.code().equals(LedgerCode.DEPOSIT_TOO_OLD.code())) {
          refusals.refusedForGood(offered);
        } else {
          refusals.refused(offered);
        }
      }
    }
  }
}
