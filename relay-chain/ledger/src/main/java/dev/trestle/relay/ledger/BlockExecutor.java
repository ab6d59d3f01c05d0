package dev.trestle.relay.ledger;

import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.RememberedReads;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Runs the transactions of one block, each on its own overlay. */
final class BlockExecutor {
  private final Genesis genesis;
  private final Hash32 chainId;
  private final Families families;
  private final Handlers handlers;
  private final Binding binding;

  BlockExecutor(Genesis genesis, Families families, Handlers handlers, Binding binding) {
    this.genesis = genesis;
    this.chainId = genesis.chainId();
    this.families = families;
    this.handlers = handlers;
    this.binding = binding;
  }

  /** What does not depend on the body; a block with a transaction that fails here is invalid. */
  Verdict<Transaction> check(Transaction transaction, long expectedNonce) {
    if (!transaction.chainId().equals(chainId)) {
      return Verdict.reject(LedgerCode.WRONG_RELAY_CHAIN, transaction.chainId().toHex());
    }
    if (transaction.encode().size() > genesis.parameters().maxTransactionBytes()) {
      return Verdict.reject(LedgerCode.TRANSACTION_TOO_LARGE, "over the chain's limit");
    }
    if (transaction.nonce() < expectedNonce) {
      return Verdict.reject(
          LedgerCode.BAD_NONCE, transaction.nonce() + ", expected " + expectedNonce);
    }
    if (!transaction.isSigned()) {
      return Verdict.reject(LedgerCode.BAD_SIGNATURE, "not signed by its sender");
    }
    if (transaction.nonce() > expectedNonce) {
      return Verdict.later(
          LedgerCode.NONCE_GAP, transaction.nonce() + ", expected " + expectedNonce);
    }
    return Verdict.accept(transaction);
  }

  /** A block while it runs. */
  private static final class Block {
    private final BlockContext context;
    private final Overlay overlay;
    private final List<Packet> outbox = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private final List<LedgerEvent> events = new ArrayList<>();
    private long budget;

    Block(BlockContext context, Overlay overlay, long budget) {
      this.context = context;
      this.overlay = overlay;
      this.budget = budget;
    }
  }

  /**
   * Runs a transaction as {@link #run} does, on its own and for nothing but its expensive checks.
   * The store may move on meanwhile: each answer holds what it was made from, and each key is read
   * once. Units are bounded by the budget of a transaction.
   */
  Answers prevalidate(LedgerStore store, BlockContext context, Transaction transaction) {
    Checks checks = Checks.noting(binding);
    long allowed = genesis.parameters().transactionBudget();
    Budget budget = new Budget(allowed);
    StateReader state = new RememberedReads(store.state());
    Execution x = new Execution(genesis, chainId, families, context, state, budget, checks, 0);
    Outcome ignored = handlers.handle(x, transaction.sender(), transaction.body());
    return checks.answers(allowed - budget.left());
  }

  /**
   * @param found what was found out about a transaction before, asked once just before it runs
   */
  Verdict<BlockResult> execute(
      LedgerStore store,
      LedgerStore.Head head,
      BlockContext context,
      List<Transaction> transactions,
      Function<Transaction, Answers> found) {
    if (context.height() != head.height() + 1) {
      return Verdict.reject(
          LedgerCode.WRONG_HEIGHT, context.height() + " on height " + head.height());
    }
    if (context.timeMillis() < head.root().timeMillis()) {
      return Verdict.reject(LedgerCode.TIME_NOT_LATER, "before its parent");
    }
    Block block =
        new Block(
            context,
            new Overlay(new RememberedReads(store.state())),
            genesis.parameters().blockBudget());
    if (!context.faults().isEmpty()) {
      Execution x = execution(block, new Budget(0));
      Validators.convict(x);
      work(block, x, WriteMatrix.CONVICTION);
    }
    long room = genesis.parameters().maxBlockBytes();
    for (Transaction transaction : transactions) {
      room -= transaction.encode().size();
      if (room < 0) {
        return Verdict.reject(LedgerCode.BLOCK_TOO_LARGE, "over the chain's limit");
      }
      LedgerView view = new LedgerView(block.overlay, genesis, families);
      Verdict<Transaction> admissible = check(transaction, view.nonce(transaction.sender()));
      if (!admissible.isAccepted()) {
        return admissible.then(accepted -> Verdict.reject(LedgerCode.BAD_NONCE, "cannot happen"));
      }
      run(block, transaction, found.apply(transaction));
    }
    planWaiting(block);
    Execution expiry = execution(block, new Budget(0));
    OpenTransfers.expire(expiry);
    work(block, expiry, WriteMatrix.EXPIRY);
    Execution end = execution(block, new Budget(0));
    Validators.endOfBlock(end);
    work(block, end, WriteMatrix.EPOCH);
    LedgerStore.Sealed sealed =
        store.seal(
            head.root().tree(),
            LedgerStore.changes(block.overlay),
            context.height(),
            context.timeMillis());
    Hash32 outboxRoot = MerkleTree.ofHashes(block.outbox.stream().map(Packet::id).toList()).root();
    return Verdict.accept(
        new BlockResult(
            context,
            head.root().tree().hash(),
            sealed.stateRoot(),
            block.outbox,
            outboxRoot,
            block.receipts,
            block.events,
            nextValidators(block),
            sealed.writes()));
  }

  /** Only when they change: reading a set costs a curve operation a member. */
  private Optional<List<Genesis.Validator>> nextValidators(Block block) {
    return block.overlay.writes().containsKey(StateKeys.validators())
        ? Optional.of(new LedgerView(block.overlay, genesis, families).validators().members())
        : Optional.empty();
  }

  private void run(Block block, Transaction transaction, Answers found) {
    long allowed = Math.min(block.budget, genesis.parameters().transactionBudget());
    Budget budget = new Budget(allowed);
    Execution x = execution(block, budget, Checks.known(binding, found));
    Outcome outcome =
        allowed == 0
            ? Outcome.refuse(LedgerCode.BUDGET_EXHAUSTED, "the block is full of work")
            : handlers.handle(x, transaction.sender(), transaction.body());
    block.budget -= allowed - budget.left();
    if (!(outcome instanceof Outcome.Refused)) {
      outcome = keep(block, x, x.step(transaction.body()), outcome);
    }
    boolean keeps = !(outcome instanceof Outcome.Refused);
    bumpNonce(block, transaction);
    block.receipts.add(receipt(transaction, outcome, keeps ? x.events() : List.of()));
  }

  /**
   * Takes over what a step did, if all invariants hold. If one does not, the step is undone and
   * what it concerns is paused, on every node alike and before anything is signed.
   */
  private Outcome keep(Block block, Execution x, Step step, Outcome outcome) {
    try {
      StepInvariants.check(step);
    } catch (InvariantViolation violation) {
      Execution breaker = execution(block, new Budget(0));
      Pauses.trip(breaker, violation);
      block.overlay.absorb(breaker.overlay());
      block.events.addAll(breaker.events());
      return Outcome.refuse(LedgerCode.INVARIANT_VIOLATED, String.valueOf(violation.getMessage()));
    }
    block.overlay.absorb(x.overlay());
    block.outbox.addAll(x.packets());
    block.events.addAll(x.events());
    return outcome;
  }

  private static void bumpNonce(Block block, Transaction transaction) {
    block.overlay.put(
        StateKeys.nonce(transaction.sender()),
        new CanonicalWriter().u64(Math.addExact(transaction.nonce(), 1)).toBytes());
  }

  /** Releases that wait for coins get their plan at the end of the block. */
  private void planWaiting(Block block) {
    for (ChainRecord chain : new LedgerView(block.overlay, genesis, families).chains()) {
      Execution x = execution(block, new Budget(genesis.parameters().transactionBudget()));
      if (handlers.planWaiting(x, chain.chain())) {
        work(block, x, WriteMatrix.PLANNING);
      }
    }
  }

  /** Keeps what the block itself did. */
  private void work(Block block, Execution x, Set<Table> tables) {
    Outcome ignored = keep(block, x, x.step(tables), Outcome.APPLIED);
  }

  private Execution execution(Block block, Budget budget) {
    return execution(block, budget, Checks.all());
  }

  private Execution execution(Block block, Budget budget, Checks checks) {
    return new Execution(
        genesis,
        chainId,
        families,
        block.context,
        block.overlay,
        budget,
        checks,
        block.outbox.size());
  }

  private static Receipt receipt(
      Transaction transaction, Outcome outcome, List<LedgerEvent> events) {
    Hash32 id = transaction.id();
    return switch (outcome) {
      case Outcome.Applied() -> new Receipt(id, Receipt.Outcome.APPLIED, Receipt.OK, "", events);
      case Outcome.Existing() -> new Receipt(id, Receipt.Outcome.EXISTING, Receipt.OK, "", events);
      case Outcome.Evidence(var code, String detail) ->
          new Receipt(id, Receipt.Outcome.EVIDENCE_RECORDED, code.code(), detail, events);
      case Outcome.Refused(var code, String detail) ->
          new Receipt(id, Receipt.Outcome.FAILED, code.code(), detail, events);
    };
  }
}
