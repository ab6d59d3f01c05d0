package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.CustodyPort.ScriptOutput;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitDeposit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves deposits of open transfers once they are deep enough. To open one costs nothing, so what a
 * look costs must hardly depend on how many there are: only open ones are read, and each home chain
 * is asked once for all of its scripts.
 */
final class DepositDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(DepositDuty.class);

  /** Looks that a home chain whose node fails is left alone for, at the most: some seconds. */
  static final int MAX_LOOKS_AT_NODE = 64;

  /** Scripts of one chain that are looked for: an adapter takes no more, with those of others. */
  static final int MAX_AWAITED = CustodyPort.MAX_SCRIPTS - TakeBackDuty.MAX_LATE;

  private final RelayChain relay;
  private final ChainDirectory chains;
  private final LongSupplier nanoTime;
  private final Refusals<Offered> refusals = new Refusals<>();
  private final Refusals<ChainId> nodes = new Refusals<>(MAX_LOOKS_AT_NODE);
  private final Map<ChainId, RuntimeException> failures = new HashMap<>();

  /** When a home chain is looked at again, by {@link #nanoTime}. */
  private final Map<ChainId, Long> rests = new HashMap<>();

  /** What never changes of transfers that are open: to derive a script costs curve operations. */
  private final Map<Hash32, Awaited> known = new HashMap<>();

  private record Offered(Hash32 transferId, Hash32 transactionId, long outputIndex) {}

  /**
   * A transfer whose deposit is awaited.
   *
   * @param amount least deposit
   */
  private record Awaited(
      Hash32 transferId, ChainId home, long confirmations, Amount amount, Bytes script) {}

  /**
   * What one look has shown.
   *
   * @param clientHead best header that the ledger knows
   * @param nodeHead height of the node's best block
   */
  private record Sight(
      ChainAdapter adapter,
      HeaderRef clientHead,
      long nodeHead,
      Map<Bytes, List<ScriptOutput>> outputs) {}

  /** An output that pays the script of an open transfer. */
  private record Deposit(Awaited awaited, ScriptOutput output) {
    Offered offered() {
      return new Offered(awaited.transferId, output.transactionId(), output.outputIndex());
    }
  }

  DepositDuty(RelayChain relay, ChainDirectory chains) {
    this(relay, chains, System::nanoTime);
  }

  DepositDuty(RelayChain relay, ChainDirectory chains, LongSupplier nanoTime) {
    this.relay = relay;
    this.chains = chains;
    this.nanoTime = nanoTime;
  }

  @Override
  public String name() {
    return "deposits";
  }

  @Override
  public void run() {
    LedgerView view = relay.view();
    Map<ChainId, List<Awaited>> byHome = new TreeMap<>();
    Set<Hash32> open = new HashSet<>();
    List<Runnable> work = new ArrayList<>();
    for (OpenTransfer transfer : Duty.<OpenTransfer>all(view::openTransfers)) {
      open.add(transfer.id());
      work.add(
          () -> {
            Awaited awaited = known.computeIfAbsent(transfer.id(), id -> awaited(view, id));
            byHome.computeIfAbsent(awaited.home, home -> new ArrayList<>()).add(awaited);
          });
    }
    known.keySet().retainAll(open);
    work.add(() -> Duty.each(byHome.entrySet(), at -> look(view, at.getKey(), at.getValue())));
    Duty.each(work, Runnable::run);
  }

  private static Awaited awaited(LedgerView view, Hash32 transferId) {
    TransferRecord transfer = view.transfer(transferId).orElseThrow();
    RouteRecord route = view.route(transfer.routeId()).orElseThrow();
    return new Awaited(
        transferId,
        route.home(),
        route.confirmations(),
        transfer.amount(),
        view.depositLock(transferId).orElseThrow().script());
  }

  private void look(LedgerView view, ChainId home, List<Awaited> awaited) {
    Optional<ChainAdapter> adapter = chains.adapter(home);
    Optional<CustodyPort> custody = adapter.flatMap(ChainAdapter::custody);
    if (custody.isEmpty() || isLeftAlone(home)) {
      return;
    }
    Sight sight = sight(view, home, adapter.get(), custody.get(), awaited);
    List<Deposit> deposits = new ArrayList<>();
    for (Awaited each : awaited) {
      for (ScriptOutput output : sight.outputs.getOrDefault(each.script, List.of())) {
        if (isDeep(sight, each, output) && !output.amount().isLessThan(each.amount)) {
          deposits.add(new Deposit(each, output));
        }
      }
    }
    Duty.each(deposits, deposit -> prove(view, sight, deposit));
  }

  /**
   * As long as the last look took: a search for new scripts holds up whoever else looks at the
   * chain, and anybody can make new ones. Where a node fails, for longer and longer, and it is
   * still said to fail.
   */
  private boolean isLeftAlone(ChainId home) {
    Long until = rests.get(home); // a value of nanoTime is compared by differences alone
    boolean isResting = until != null && nanoTime.getAsLong() - until < 0;
    RuntimeException before = failures.get(home);
    if (before != null && (isResting || !nodes.isDue(home))) {
      throw before;
    }
    return isResting;
  }

  private Sight sight(
      LedgerView view,
      ChainId home,
      ChainAdapter adapter,
      CustodyPort custody,
      List<Awaited> awaited) {
    // those whose end is next come first: what is left out gets its turn
    Set<Bytes> scripts =
        awaited.stream().map(Awaited::script).limit(MAX_AWAITED).collect(Collectors.toSet());
    long began = nanoTime.getAsLong();
    try {
      HeaderRef clientHead = view.head(home).orElseThrow();
      long nodeHead = await(adapter.headers().latest()).ref().height();
      Sight sight = new Sight(adapter, clientHead, nodeHead, await(custody.outputsOf(scripts)));
      failures.remove(home);
      nodes.taken(home);
      return sight;
    } catch (RuntimeException failed) {
      failures.put(home, failed);
      nodes.refused(home);
      throw failed;
    } finally {
      long ended = nanoTime.getAsLong();
      rests.put(home, ended + (ended - began));
    }
  }

  private static boolean isDeep(Sight sight, Awaited awaited, ScriptOutput output) {
    long height = sight.nodeHead - output.confirmations() + 1;
    return output.confirmations() > 0
        && sight.clientHead.height() - height + 1 >= awaited.confirmations;
  }

  private void prove(LedgerView view, Sight sight, Deposit deposit) {
    Awaited awaited = deposit.awaited;
    ScriptOutput output = deposit.output;
    Offered offered = deposit.offered();
    boolean isOpen =
        view.transfer(awaited.transferId)
            .filter(transfer -> transfer.state() == TransferRecord.State.OPEN)
            .isPresent();
    if (!isOpen
        || view.creditedTo(awaited.home, output.transactionId(), output.outputIndex()).isPresent()
        || !refusals.isDue(offered)) {
      return;
    }
    Receipt receipt;
    try {
      Claim claim = await(sight.adapter.evidence().transaction(output.transactionId()));
      receipt = relay.submit(new SubmitDeposit(awaited.transferId, claim));
    } catch (RuntimeException failed) {
      refusals.refused(offered);
      throw failed;
    }
    LOG.info("deposit of transfer {}: {}", awaited.transferId, receipt.code());
    if (receipt.isSuccess()) {
      refusals.taken(offered);
    } else if (receipt.code().equals(LedgerCode.DEPOSIT_TOO_OLD.code())
        || receipt.code().equals(LedgerCode.TRANSFER_EXPIRED.code())) {
      refusals.refusedForGood(offered);
    } else {
      refusals.refused(offered);
    }
  }
}
