package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.Fork;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Executes blocks on the state machine and moves the head. A block is executed before this node
 * prepares it; results of blocks that lose are dropped. Runs on the core thread.
 *
 * <p>Not final, because a simulation puts one with a bug into a node, to see it caught.
 */
class ChainExecutor {
  /** Executed blocks of the next height that are kept until one of them is decided. */
  static final int MAX_EXECUTED = 8;

  private final Hash32 chainId;
  private final StateMachine machine;
  private final RocksStore store;
  private final LongSupplier guardSequence;
  private final Map<Hash32, BlockResult> executed = new LinkedHashMap<>();

  /** Every set of validators so far, the oldest first. */
  private final List<Era> eras = new ArrayList<>();

  private volatile ChainHead head;
  private MerkleFrontier history;
  private Optional<CommitCertificate> lastCommit;

  /**
   * Takes up the chain where the store ends.
   *
   * @param guardSequence of this node's sign guard, 0 without one
   * @throws TrestleException {@link NodeReason#STORAGE_CORRUPT} if state and blocks do not fit
   */
  ChainExecutor(
      Genesis genesis, StateMachine machine, RocksStore store, LongSupplier guardSequence) {
    this.chainId = genesis.chainId();
    this.machine = machine;
    this.store = store;
    this.guardSequence = guardSequence;
    this.eras.add(Era.first(genesis));
    store.eras().stream().map(Era::of).forEach(eras::add);
    this.history = store.history();
    long height = store.head();
    if (height == 0) {
      this.head = ChainHead.genesis(chainId, genesis.timeMillis(), eras.getFirst().validators());
      this.lastCommit = Optional.empty();
      return;
    }
    Block block = store.block(height).orElseThrow(() -> corrupt("no block at the head"));
    this.lastCommit = store.certificate(height);
    if (lastCommit.isEmpty()
        || !lastCommit.get().blockId().equals(block.id())
        || !machine.stateRoot().equals(block.header().stateRoot())
        || history.count() != height) {
      throw corrupt("state, certificate or history is not that of block " + height);
    }
    ValidatorSets sets = machine.validators();
    ValidatorSet next = Era.setOf(sets.current());
    ValidatorSet certified = sets.previous().map(Era::setOf).orElse(next);
    this.head = ChainHead.of(block, certified, next, rotation(height));
  }

  /**
   * As it was stored with the head, or from the blocks of its period, each with the set that was to
   * certify it: an era may have begun within the period.
   */
  private Rotation rotation(long height) {
    Optional<Rotation> stored = store.rotation().filter(each -> each.height() == height + 1);
    if (stored.isPresent()) {
      return stored.get();
    }
    long start = Rotation.periodStart(height + 1);
    Rotation rotation = Rotation.startingAt(start, setAt(start));
    while (rotation.height() <= height) {
      Link link = store.link(rotation.height()).orElseThrow(() -> corrupt("a block is missing"));
      rotation = rotation.next(link.lastRound(), setAt(link.height() + 1));
    }
    return rotation;
  }

  ChainHead head() {
    return head;
  }

  /** The set that certifies the next block. Any thread may ask. */
  ValidatorSet validators() {
    return head.nextValidators();
  }

  /** Who certifies, as of the committed state, with their transport identities. */
  ValidatorSets sets() {
    return machine.validators();
  }

  Optional<CommitCertificate> lastCommit() {
    return lastCommit;
  }

  /** Builds and executes a block on the head; empty if the machine refuses these transactions. */
  Optional<Block> build(
      long timeMs, EvmAddress builder, List<Bytes> transactions, List<Evidence> evidence) {
    BlockContext context = new BlockContext(head.height() + 1, timeMs, faults(evidence));
    if (!(machine.execute(context, transactions)
        instanceof Verdict.Accepted<BlockResult>(BlockResult result))) {
      return Optional.empty();
    }
    RelayHeader header =
        new RelayHeader(
            chainId,
            context.height(),
            timeMs,
            head.id(),
            head.nextEpoch(),
            validators().hash(),
            nextValidators(result).hash(),
            Block.txRoot(transactions),
            result.stateRoot(),
            result.outboxRoot(),
            history.root(),
            Block.lastCommitHash(lastCommit),
            Block.evidenceRoot(evidence),
            builder);
    Block block = new Block(header, transactions, lastCommit, evidence);
    remember(block.id(), result);
    return Optional.of(block);
  }

  /**
   * Executes somebody's block on the head's state. Rejects a wrong epoch, next set, history or
   * outbox root, evidence that is {@linkplain #isNewEvidence not new}, repeated or not signed, and
   * what the machine rejects.
   *
   * @return the state root after the block; the caller compares it
   */
  Verdict<Hash32> execute(Block block) {
    BlockResult known = executed.get(block.id());
    if (known != null) {
      return Verdict.accept(known.stateRoot());
    }
    RelayHeader header = block.header();
    if (block.height() != head.height() + 1 || !header.parentId().equals(head.id())) {
      return Verdict.later(ConsensusCode.WRONG_PARENT, "the head is " + head.height());
    }
    if (header.epoch() != head.nextEpoch() || !header.historyRoot().equals(history.root())) {
      return Verdict.reject(NodeReason.BAD_BLOCK, "epoch or history root");
    }
    Optional<String> badEvidence = checkEvidence(block);
    if (badEvidence.isPresent()) {
      return Verdict.reject(NodeReason.BAD_BLOCK, badEvidence.get());
    }
    return machine
        .execute(
            new BlockContext(block.height(), header.timeMs(), faults(block.evidence())),
            block.transactions())
        .then(
            result -> {
              if (!result.outboxRoot().equals(header.outboxRoot())) {
                return Verdict.reject(NodeReason.BAD_BLOCK, "outbox root");
              }
              if (!header.nextValidatorsHash().equals(nextValidators(result).hash())) {
                return Verdict.reject(NodeReason.BAD_BLOCK, "next validators");
              }
              remember(block.id(), result);
              return Verdict.accept(result.stateRoot());
            });
  }

  /**
   * Checks a block from a peer: its certificate by a quorum of the set, and everything that
   * consensus checks before it executes. Changes nothing.
   */
  Verdict<Block> checkDecided(Block block, CommitCertificate certificate) {
    RelayHeader header = block.header();
    if (!header.chainId().equals(chainId)
        || block.height() != head.height() + 1
        || !header.parentId().equals(head.id())
        || header.timeMs() <= head.timeMs()) {
      return Verdict.reject(NodeReason.BAD_BLOCK, "it does not follow the head");
    }
    return certificate
        .verifyFor(header, validators())
        .then(
            valid ->
                lastCommitHolds(block)
                    ? Verdict.accept(block)
                    : Verdict.reject(ConsensusCode.BAD_LAST_COMMIT, block.toString()));
  }

  /**
   * The fork that a certificate from a peer proves; empty if it is for the block that is stored
   * here, ahead of the head, or not by a quorum of the set of its height.
   */
  Optional<Fork> fork(CommitCertificate certificate) {
    return store
        .certificate(certificate.height())
        .filter(ours -> !ours.blockId().equals(certificate.blockId()))
        .filter(ours -> certificate.verify(setAt(certificate.height()), chainId).isAccepted())
        .map(ours -> new Fork(ours, certificate));
  }

  /** The set that certifies a height, as far as the next block. */
  ValidatorSet setAt(long height) {
    return Era.validatorsAt(eras, height);
  }

  /** A stored block and where its transactions stand. */
  record Committed(DecidedBlock block, List<TransactionRecord> transactions) {}

  /**
   * Stores a decided block, its certificate and the state after it in one durable batch.
   *
   * @throws TrestleException {@link ConsensusCode#DIVERGED} if this node's execution contradicts
   *     what a quorum certified: then nothing has changed
   */
  Committed commit(Block block, CommitCertificate certificate) {
    Verdict<Hash32> root = execute(block);
    BlockResult result = executed.get(block.id());
    if (result == null || !result.stateRoot().equals(block.header().stateRoot())) {
      throw new TrestleException(
          ConsensusCode.DIVERGED, "a quorum certified " + block + ", execution here: " + root);
    }
    ChainHead next = head.next(block, nextValidators(result));
    MerkleFrontier after = history.append(block.id().bytes());
    List<TransactionRecord> records = new ArrayList<>();
    for (int i = 0; i < result.receipts().size(); i++) {
      Receipt receipt = result.receipts().get(i);
      records.add(
          new TransactionRecord(
              receipt.transactionId(), block.height(), i, receipt.outcome(), receipt.code()));
    }
    Optional<ValidatorsRecord> newEra = newEra(next, result);
    store.store(
        new RocksStore.Decided(
            block,
            certificate,
            records,
            result.outbox(),
            after,
            next.rotation(),
            newEra,
            guardSequence.getAsLong()),
        () -> machine.commit(result));
    newEra.map(Era::of).ifPresent(eras::add);
    history = after;
    head = next;
    lastCommit = Optional.of(certificate);
    executed.clear();
    return new Committed(
        new DecidedBlock(block, certificate, result.receipts(), result.events(), result.outbox()),
        List.copyOf(records));
  }

  /** The set that takes over with the next block, if another one did until then. */
  private static Optional<ValidatorsRecord> newEra(ChainHead next, BlockResult result) {
    return next.validators().equals(next.nextValidators())
        ? Optional.empty()
        : result
            .nextValidators()
            .map(set -> new ValidatorsRecord(next.nextEpoch(), next.height() + 1, set));
  }

  /** The set that certifies the block after the one that was executed. */
  private ValidatorSet nextValidators(BlockResult result) {
    return result.nextValidators().map(Era::setOf).orElseGet(this::validators);
  }

  private static List<BlockContext.Fault> faults(List<Evidence> evidence) {
    return evidence.stream()
        .map(each -> new BlockContext.Fault(each.offender(), each.height()))
        .toList();
  }

  /**
   * Whether evidence can go into the next block: it is neither ahead of that nor too old, the
   * offender was of the set of that height, also if it has left since, and no block has convicted
   * it yet. The same on every node with this head.
   */
  boolean isNewEvidence(Evidence evidence) {
    long next = head.height() + 1;
    return evidence.height() <= next
        && !evidence.isExpiredAt(next)
        && setAt(evidence.height()).indexOf(evidence.offender()).isPresent()
        && !machine.isConvicted(evidence.offender())
        && !store.hasEvidence(evidence.offender(), evidence.height());
  }

  private Optional<String> checkEvidence(Block block) {
    Set<EvmAddress> offenders = new HashSet<>();
    for (Evidence each : block.evidence()) {
      if (!isNewEvidence(each) || !offenders.add(each.offender())) {
        return Optional.of("evidence that is old, repeated or of no validator");
      }
      if (!each.verify(chainId).isAccepted()) {
        return Optional.of("evidence that is not signed");
      }
    }
    return Optional.empty();
  }

  private boolean lastCommitHolds(Block block) {
    return head.height() == 0
        ? block.lastCommit().isEmpty()
        : block
            .lastCommit()
            .filter(each -> each.height() == head.height() && each.blockId().equals(head.id()))
            .filter(
                each ->
                    lastCommit.filter(each::equals).isPresent() // verified when it came
                        || each.verify(head.validators(), chainId).isAccepted())
            .isPresent();
  }

  private void remember(Hash32 id, BlockResult result) {
    while (executed.size() >= MAX_EXECUTED) {
      executed.remove(executed.keySet().iterator().next());
    }
    executed.put(id, result);
  }

  private static TrestleException corrupt(String what) {
    return new TrestleException(NodeReason.STORAGE_CORRUPT, what);
  }
}
