package dev.trestle.gateway.hub;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.node.DecidedBlock;
import dev.trestle.relay.node.NodeReason;
import dev.trestle.relay.node.NodeStatus;
import dev.trestle.relay.node.RelayNode;
import dev.trestle.relay.node.TransactionRecord;
import dev.trestle.relay.relayer.HandOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The gateway's own node of the relay chain: it takes over nothing that a quorum has not certified
 * and that its own execution does not confirm. Methods block: for virtual threads only.
 */
public final class FollowerNode implements HubNode {
  /** How long a transaction may take into a block. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Transactions that wait so long without a block mean that the chain stands still. */
  public static final Duration STALLED_AFTER = Duration.ofSeconds(30);

  /** Receipts of the newest transactions, whose details are kept for people. */
  private static final int MAX_RECEIPTS = 2_000;

  private final RelayNode node;
  private final TimeSource time;
  private final Hash32 hubId;
  private final StallWatch stall = new StallWatch(STALLED_AFTER);
  private final Map<Hash32, Receipt> receipts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash32, Receipt> eldest) {
          return size() > MAX_RECEIPTS;
        }
      };

  public FollowerNode(RelayNode node, TimeSource time) {
    this.node = node;
    this.time = time;
    this.hubId = node.genesis().chainId();
    node.onBlock(this::remember);
  }

  private void remember(DecidedBlock block) {
    stall.block(time.nowMillis());
    synchronized (receipts) {
      block.receipts().forEach(receipt -> receipts.put(receipt.transactionId(), receipt));
    }
  }

  @Override
  public Hash32 hubId() {
    return hubId;
  }

  @Override
  public LedgerView view() {
    return node.view();
  }

  @Override
  public Head head() {
    return node.blockAt(node.head())
        .map(block -> new Head(block.height(), block.id(), block.header().timeMs()))
        .orElseGet(() -> new Head(0, hubId, node.genesis().timeMillis()));
  }

  @Override
  public Optional<BlockInfo> block(long height) {
    return node.blockAt(height)
        .flatMap(
            block -> node.certificateAt(height).map(certificate -> describe(block, certificate)));
  }

  private static BlockInfo describe(Block block, CommitCertificate certificate) {
    return new BlockInfo(
        block.height(),
        block.id(),
        block.header().timeMs(),
        block.header().stateRoot(),
        block.header().outboxRoot(),
        block.header().builder(),
        block.transactions().stream().map(raw -> Transaction.decode(raw).id()).toList(),
        block.header().encode(),
        certificate.encode());
  }

  @Override
  public List<ValidatorInfo> validators() {
    return describe(node.eras().getLast());
  }

  @Override
  public Optional<List<ValidatorInfo>> validatorsAt(long height) {
    return height >= 1 && height <= node.head() + 1
        ? Optional.of(describe(node.validatorsAt(height)))
        : Optional.empty();
  }

  /** Members stand in ascending order of their addresses, as certificates number them. */
  private static List<ValidatorInfo> describe(ValidatorsRecord set) {
    List<ValidatorInfo> described = new ArrayList<>();
    for (Genesis.Validator each : set.members()) {
      described.add(new ValidatorInfo(described.size(), each.key().evmAddress(), each.key()));
    }
    return List.copyOf(described);
  }

  @Override
  public List<HandOver> handOvers() {
    List<ValidatorsRecord> eras = node.eras();
    List<HandOver> handOvers = new ArrayList<>();
    for (int i = 1; i < eras.size(); i++) {
      long last = eras.get(i).since() - 1;
      handOvers.add(
          new HandOver(
              eras.get(i).epoch(),
              node.headerAt(last).orElseThrow().encode(),
              node.certificateAt(last).orElseThrow().encode(),
              addresses(eras.get(i - 1)),
              addresses(eras.get(i))));
    }
    return List.copyOf(handOvers);
  }

  private static List<EvmAddress> addresses(ValidatorsRecord set) {
    return set.members().stream().map(each -> each.key().evmAddress()).toList();
  }

  @Override
  public Verdict<Hash32> send(Transaction transaction) {
    Verdict<Hash32> verdict = Async.await(node.submit(transaction));
    if (verdict.isAccepted()) {
      stall.waiting(time.nowMillis());
    }
    return verdict;
  }

  /**
   * @throws Problem with {@code relay-no-quorum} when no block takes the transaction in time
   */
  @Override
  public Included awaitInclusion(Hash32 transactionId) {
    try {
      return included(Async.await(node.awaitInclusion(transactionId, PATIENCE)));
    } catch (TrestleException e) {
      if (e.code() == NodeReason.TIMED_OUT) {
        throw new Problem(
            ProblemCode.RELAY_NO_QUORUM,
            "the transaction waits; ask for its receipt later: " + transactionId.toHex());
      }
      throw e;
    }
  }

  @Override
  public Optional<Included> find(Hash32 transactionId) {
    return node.transaction(transactionId).map(this::included);
  }

  private Included included(TransactionRecord record) {
    Optional<Receipt> known;
    synchronized (receipts) {
      known = Optional.ofNullable(receipts.get(record.id()));
    }
    return new Included(
        known.orElseGet(
            () -> new Receipt(record.id(), record.outcome(), record.code(), "", List.of())),
        record.height());
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    return node.outboxProof(packetId)
        .map(
            proof ->
                new PacketDelivery(
                    proof.header().encode(),
                    proof.certificate().encode(),
                    addresses(node.validatorsAt(proof.header().height())),
                    proof.packet(),
                    proof.proof().index(),
                    proof.proof().count(),
                    proof.proof().siblings()));
  }

  @Override
  public Liveness liveness() {
    NodeStatus status = Async.await(node.status());
    return new Liveness(stall(status), status.missing());
  }

  private Optional<Stall> stall(NodeStatus status) {
    long now = time.nowMillis();
    if (status.halted().isPresent()) {
      return Optional.of(new Stall(Stall.Cause.NODE_STOPPED, stall.stopped(now)));
    }
    OptionalLong since = stall.stalledSince(status.workWaits(), now);
    return since.isPresent()
        ? Optional.of(new Stall(Stall.Cause.NO_BLOCKS, since.getAsLong()))
        : Optional.empty();
  }

  @Override
  public void onBlock(Consumer<BlockEvents> listener) {
    node.onBlock(
        block ->
            listener.accept(
                new BlockEvents(block.height(), block.block().header().timeMs(), block.events())));
  }
}
