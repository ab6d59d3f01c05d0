package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.CustodyPort.ScriptOutput;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitTakeBack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that credited deposits were taken back by their depositors, so that the ledger does not
 * wait for their sweeps for ever. Looks at deposits whose sweep is late: from half of the refund
 * delay on.
 */
final class TakeBackDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(TakeBackDuty.class);

  /** Deposits of one chain that are looked at: scripts of open transfers have the other places. */
  static final int MAX_LATE = CustodyPort.MAX_SCRIPTS / 10;

  private final RelayChain relay;
  private final ChainDirectory chains;

  /** By transfer. */
  private final Refusals<Hash32> refusals = new Refusals<>();

  private final Refusals<ChainId> nodes = new Refusals<>(DepositDuty.MAX_LOOKS_AT_NODE);

  /** Of the last look at each chain whose node failed. */
  private final Map<ChainId, RuntimeException> failures = new HashMap<>();

  TakeBackDuty(RelayChain relay, ChainDirectory chains) {
    this.relay = relay;
    this.chains = chains;
  }

  @Override
  public String name() {
    return "take-backs";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    Duty.each(
        view.routes().stream().map(RouteRecord::home).distinct().toList(),
        home -> look(view, home));
  }

  private void look(LedgerView view, ChainId home) {
    Optional<ChainAdapter> adapter = chains.adapter(home);
    if (adapter.flatMap(ChainAdapter::custody).isEmpty()) {
      return;
    }
    long head = view.head(home).orElseThrow().height();
    List<CoinRecord> late =
        Duty.<CoinRecord>all((after, limit) -> view.coins(home, after, limit)).stream()
            .filter(CoinRecord::isDeposit)
            .filter(coin -> head >= coin.creditableBelow())
            .limit(MAX_LATE)
            .toList();
    if (late.isEmpty()) {
      return;
    }
    RuntimeException before = failures.get(home);
    if (before != null && !nodes.isDue(home)) {
      throw before; // it is still said to fail
    }
    Map<Bytes, List<ScriptOutput>> outputs =
        outputs(home, adapter.flatMap(ChainAdapter::custody).orElseThrow(), late);
    Duty.each(
        late,
        coin ->
            look(
                view,
                coin,
                outputs.getOrDefault(coin.coin().lock().script(), List.of()),
                adapter.get(),
                head));
  }

  /** Where a node fails, it is left alone for longer and longer. */
  private Map<Bytes, List<ScriptOutput>> outputs(
      ChainId home, CustodyPort custody, List<CoinRecord> late) {
    try {
      Map<Bytes, List<ScriptOutput>> outputs =
          await(
              custody.outputsOf(
                  late.stream()
                      .map(coin -> coin.coin().lock().script())
                      .collect(Collectors.toSet())));
      failures.remove(home);
      nodes.taken(home);
      return outputs;
    } catch (RuntimeException failed) {
      failures.put(home, failed);
      nodes.refused(home);
      throw failed;
    }
  }

  private void look(
      LedgerView view,
      CoinRecord coin,
      List<ScriptOutput> outputs,
      ChainAdapter adapter,
      long head) {
    Optional<Hash32> spender =
        outputs.stream()
            .filter(output -> output.transactionId().equals(coin.coin().txId()))
            .filter(output -> output.outputIndex() == coin.coin().outputIndex())
            .findFirst()
            .flatMap(ScriptOutput::spentBy);
    Hash32 transfer =
        view.creditedTo(coin.chain(), coin.coin().txId(), coin.coin().outputIndex()).orElseThrow();
    if (spender.isEmpty() || !refusals.isDue(transfer)) {
      return;
    }
    try {
      prove(view, coin, transfer, spender.get(), adapter, head);
    } catch (RuntimeException failed) {
      refusals.refused(transfer);
      throw failed;
    }
  }

  private void prove(
      LedgerView view,
      CoinRecord coin,
      Hash32 transfer,
      Hash32 spender,
      ChainAdapter adapter,
      long head) {
    long wanted =
        view.transfer(transfer)
            .map(TransferRecord::routeId)
            .flatMap(view::route)
            .orElseThrow()
            .confirmations();
    if (!(await(adapter.transactions().status(spender))
            instanceof TransactionStatus.Included included)
        || head - included.height() + 1 < wanted) {
      return;
    }
    Claim claim = await(adapter.evidence().transaction(spender));
    if (isSweep(view, coin, claim)) {
      return; // its own proof settles it
    }
    Receipt receipt = relay.submit(new SubmitTakeBack(transfer, claim));
    LOG.info("take-back of the deposit of transfer {}: {}", transfer, receipt.code());
    if (receipt.isSuccess()) {
      refusals.taken(transfer);
    } else {
      refusals.refused(transfer);
    }
  }

  private static boolean isSweep(LedgerView view, CoinRecord coin, Claim claim) {
    return coin.reservedFor()
        .flatMap(view::release)
        .flatMap(ReleaseRecord::plan)
        .filter(
            plan ->
                view.family(coin.chain())
                    .flatMap(LightClientFamily::custody)
                    .orElseThrow()
                    .executes(claim.value(), plan))
        .isPresent();
  }
}
