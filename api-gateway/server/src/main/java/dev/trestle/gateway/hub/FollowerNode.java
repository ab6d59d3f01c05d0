package dev.trestle.gateway.hub;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.node.RelayNode;
import dev.trestle.relay.node.TransactionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** {@link HubNode} over a node of the relay chain in this process. */
public final class FollowerNode implements HubNode {
  /** How long a transaction may take to be included. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Without a block for so long although transactions wait, the relay chain stands still. */
  private static final long STALL_MILLIS = 30_000;

  /** Details of receipts kept in memory; the chain itself keeps only their codes. */
  private static final int MAX_DETAILS = 10_000;

  private final RelayNode node;
  private final TimeSource time;
  private final ValidatorSet validators;
  private final Map<Hash32, Receipt> receipts = new ConcurrentHashMap<>();
  private volatile long lastBlockMillis;

  public FollowerNode(RelayNode node, TimeSource time) {
    this.node = node;
    this.time = time;
    this.validators =
        ValidatorSet.of(
            node.genesis().validators().stream().map(validator -> validator.key()).toList());
    this.lastBlockMillis = time.nowMillis();
    node.onBlock(
        block -> {
          lastBlockMillis = time.nowMillis();
          if (receipts.size() > MAX_DETAILS) {
            receipts.clear(); // details only: what became of a transaction is in the store
          }
          block.receipts().forEach(receipt -> receipts.put(receipt.transactionId(), receipt));
        });
  }

  @Override
  public Hash32 hubId() {
    return node.genesis().chainId();
  }

  @Override
  public LedgerView view() {
    return node.view();
  }

  @Override
  public Head head() {
    return node.blockAt(node.head())
        .map(Block::header)
        .map(header -> new Head(header.height(), header.id(), header.timeMs()))
        .orElse(new Head(0, hubId(), node.genesis().timeMillis()));
  }

  @Override
  public Optional<BlockInfo> block(long height) {
    return node.blockAt(height)
        .flatMap(block -> node.certificateAt(height).map(certificate -> info(block, certificate)));
  }

  private static BlockInfo info(Block block, CommitCertificate certificate) {
    RelayHeader header = block.header();
    return new BlockInfo(
        header.height(),
        header.id(),
        header.timeMs(),
        header.stateRoot(),
        header.outboxRoot(),
        header.builder(),
        block.transactions().stream().map(Digests::sha256).toList(),
        header.encode(),
        certificate.encode());
  }

  @Override
  public List<ValidatorInfo> validators() {
    List<ValidatorInfo> infos = new ArrayList<>();
    for (int i = 0; i < validators.size(); i++) {
      infos.add(new ValidatorInfo(i, validators.address(i), validators.members().get(i).key()));
    }
    return infos;
  }

  @Override
  public Hash32 validatorsHash() {
    return validators.hash();
  }

  @Override
  public Verdict<Hash32> send(Transaction transaction) {
    return await(node.submit(transaction));
  }

  @Override
  public Included awaitInclusion(Hash32 transactionId) {
    try {
      return included(await(node.awaitInclusion(transactionId, PATIENCE)));
    } catch (TrestleException e) {
      throw new Problem(
          ProblemCode.RELAY_NO_QUORUM,
          "no block has taken the transaction within " + PATIENCE.toSeconds() + " s");
    }
  }

  @Override
  public Optional<Included> find(Hash32 transactionId) {
    return node.transaction(transactionId).map(this::included);
  }

  private Included included(TransactionRecord record) {
    Receipt receipt =
        Optional.ofNullable(receipts.get(record.id()))
            .orElseGet(
                () ->
                    new Receipt(
                        record.id(), record.outcome(), record.code(), record.code(), List.of()));
    return new Included(receipt, record.height());
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    List<EvmAddress> addresses =
        validators.members().stream().map(member -> member.address()).toList();
    return node.outboxProof(packetId)
        .map(
            proof ->
                new PacketDelivery(
                    proof.header().encode(),
                    proof.certificate().encode(),
                    addresses,
                    proof.packet(),
                    proof.proof().index(),
                    proof.proof().count(),
                    proof.proof().siblings()));
  }

  @Override
  public boolean isStalled() {
    return time.nowMillis() - lastBlockMillis > STALL_MILLIS && await(node.status()).waiting() > 0;
  }

  @Override
  public void onBlock(Consumer<BlockEvents> listener) {
    node.onBlock(
        block ->
            listener.accept(
                new BlockEvents(block.height(), block.block().header().timeMs(), block.events())));
  }
}
