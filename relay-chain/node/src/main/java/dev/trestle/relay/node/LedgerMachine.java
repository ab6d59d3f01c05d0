package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.Answers;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger as the machine of a chain. Remembers decoded transactions for a while: each of them
 * remembers in turn whether it is signed, so that workers do that work before a block comes, and
 * the core thread finds it done.
 */
final class LedgerMachine implements StateMachine {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerMachine.class);

  /** Decoded transactions that are remembered. */
  static final int MAX_REMEMBERED = 32_768;

  /** Their bytes. */
  static final long MAX_REMEMBERED_BYTES = 64L << 20;

  private final Ledger ledger;
  private final int maxTransactionBytes;
  private final Map<Bytes, Transaction> remembered = new LinkedHashMap<>();
  private long rememberedBytes;

  /** What the sets below were read from: to read one costs a curve operation a member. */
  private List<Optional<Bytes>> readFrom = List.of();

  private ValidatorSets lastSets;

  /** None without helpers: then every check is made when it is needed. */
  private Optional<Prevalidator> prevalidator = Optional.empty();

  LedgerMachine(Ledger ledger) {
    this.ledger = ledger;
    this.lastSets = ValidatorSets.fixed(ledger.genesis());
    this.maxTransactionBytes = ledger.genesis().parameters().maxTransactionBytes();
  }

  Ledger ledger() {
    return ledger;
  }

  @Override
  public Verdict<Admitted> admit(Bytes encoded) {
    if (encoded.size() > maxTransactionBytes) {
      return Verdict.reject(LedgerCode.TRANSACTION_TOO_LARGE, encoded.size() + " bytes");
    }
    Transaction transaction;
    try {
      transaction = decode(encoded);
    } catch (DecodeException e) {
      return Verdict.reject(LedgerCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!transaction.chainId().equals(ledger.chainId())) {
      return Verdict.reject(LedgerCode.WRONG_RELAY_CHAIN, transaction.chainId().toHex());
    }
    if (!transaction.isSigned()) {
      return Verdict.reject(LedgerCode.BAD_SIGNATURE, "not signed by its sender");
    }
    remember(transaction);
    return Verdict.accept(
        new Admitted(transaction.id(), transaction.sender(), transaction.nonce(), encoded));
  }

  @Override
  public void helpedBy(Executor workers, int threads) {
    long units = ledger.genesis().parameters().blockBudget();
    prevalidator = Optional.of(new Prevalidator(ledger::prevalidate, workers, threads, units));
  }

  @Override
  public void waits(Admitted transaction, long nowMillis) {
    prevalidator.ifPresent(ahead -> ahead.waits(decode(transaction.encoded()), nowMillis));
  }

  @Override
  public Bytes subject(Admitted transaction) {
    return Subjects.of(ledger.view(), decode(transaction.encoded()).body());
  }

  @Override
  public long nextNonce(PublicKey sender) {
    return ledger.view().nonce(sender);
  }

  @Override
  public Hash32 stateRoot() {
    return ledger.head().stateRoot();
  }

  @Override
  public ValidatorSets validators() {
    LedgerView view = ledger.view();
    List<Optional<Bytes>> stored =
        Stream.of(
                StateKeys.validators(),
                StateKeys.previousValidators(),
                StateKeys.plannedValidators())
            .map(view::value)
            .toList();
    if (!stored.equals(readFrom)) {
      lastSets =
          new ValidatorSets(
              view.validators().members(),
              view.previousValidators().map(ValidatorsRecord::members),
              view.plannedValidators().map(ValidatorsRecord::members));
      readFrom = stored;
    }
    return lastSets;
  }

  @Override
  public boolean isConvicted(EvmAddress validator) {
    return ledger.view().conviction(validator).isPresent();
  }

  /**
   * A block that would break an invariant is refused like any other bad one: a proposer must not be
   * able to stop the others with it.
   */
  @Override
  public Verdict<BlockResult> execute(BlockContext context, List<Bytes> encoded) {
    try {
      List<Transaction> transactions = new ArrayList<>(encoded.size());
      for (Bytes each : encoded) {
        transactions.add(decode(each));
      }
      prevalidator.ifPresent(ahead -> ahead.begin(context.timeMillis(), transactions));
      Verdict<BlockResult> result =
          ledger.execute(
              context,
              transactions,
              each -> prevalidator.map(ahead -> ahead.take(each)).orElse(Answers.NONE));
      if (result.isAccepted()) {
        transactions.forEach(this::remember);
      }
      return result;
    } catch (DecodeException e) {
      return Verdict.reject(NodeReason.BAD_BLOCK, String.valueOf(e.getMessage()));
    } catch (TrestleException e) {
      if (e.code() == LedgerCode.INVARIANT_VIOLATED) {
        LOG.error("block {} refused", context.height(), e);
        return Verdict.reject(LedgerCode.INVARIANT_VIOLATED, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  @Override
  public void commit(BlockResult result) {
    ledger.commit(result);
    prevalidator.ifPresent(
        ahead ->
            ahead.committed(
                result.context().height(),
                result.receipts().stream().map(Receipt::transactionId).toList()));
  }

  private Transaction decode(Bytes encoded) {
    synchronized (remembered) {
      Transaction known = remembered.get(encoded);
      if (known != null) {
        return known;
      }
    }
    return Transaction.decode(encoded);
  }

  private void remember(Transaction transaction) {
    Bytes encoded = transaction.encode();
    synchronized (remembered) {
      if (remembered.putIfAbsent(encoded, transaction) != null) {
        return;
      }
      rememberedBytes += encoded.size();
      while (remembered.size() > MAX_REMEMBERED || rememberedBytes > MAX_REMEMBERED_BYTES) {
        Bytes oldest = remembered.keySet().iterator().next();
        remembered.remove(oldest);
        rememberedBytes -= oldest.size();
      }
    }
  }
}
