package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.node.PeerScores.Offence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what peers send. Decoding and signatures cost workers' time, never the core thread's;
 * what comes out of them is handed to consensus, sync or mempool on the core thread.
 */
final class NodeLoop implements PeerListener {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);

  private final NodeParts parts;
  private final Core thread;
  private final Executor workers;
  private final Executor voteChecks;
  private final TimeSource clock;
  private final Genesis genesis;
  private final Intake intake;
  private final Questions questions;
  private final ConsensusDecoder decoder;
  private final ValidatorPeers validators;
  private final Map<Hash32, Peer> peers = new TreeMap<>();

  /** What the loop hands things to; all of it belongs to the core thread. */
  record NodeParts(
      ChainExecutor chain,
      StateMachine machine,
      RocksStore store,
      TransactionDesk desk,
      NodePort port,
      SnapshotService snapshots,
      SnapshotDesk stateSync,
      Optional<ConsensusDriver> consensus,
      PeerSender out) {}

  NodeLoop(
      NodeParts parts,
      NodeCore.Runners runners,
      TimeSource clock,
      Genesis genesis,
      MessageVerifier verifier,
      ValidatorPeers validators) {
    this.parts = parts;
    this.thread = runners.core();
    this.workers = runners.workers();
    this.voteChecks = runners.voteChecks();
    this.intake = new Intake(parts.machine(), workers, runners.workerCount(), this::taken);
    this.questions = new Questions(parts, thread, workers);
    this.clock = clock;
    this.genesis = genesis;
    this.decoder = new ConsensusDecoder(verifier, parts.machine(), parts.port());
    this.validators = validators;
  }

  @Override
  public void joined(Peer peer) {
    thread.run(
        () -> {
          peers.put(peer.fingerprint(), peer);
          parts.out().sendStatus(peer.fingerprint(), parts.port().status());
        });
  }

  @Override
  public void left(Peer peer) {
    questions.left(peer.fingerprint());
    thread.run(
        () -> {
          peers.remove(peer.fingerprint());
          parts.port().sync().left(peer.fingerprint());
        });
  }

  /** The validator that this transport identity belongs to. */
  Optional<EvmAddress> addressOf(Hash32 fingerprint) {
    return validators.addressOf(fingerprint);
  }

  /** Connected nodes. On the core thread. */
  List<Peer> peers() {
    return new ArrayList<>(peers.values());
  }

  @Override
  public CompletionStage<Boolean> received(Peer peer, Frame frame) {
    Hash32 from = peer.fingerprint();
    return switch (frame.type()) {
      case HELLO, PEERS -> CompletableFuture.completedFuture(true);
      case STATUS ->
          decoding(
              peer,
              () -> PeerStatus.decode(frame.payload()),
              status -> parts.port().sync().status(from, status, clock.nowMillis()));
      case CONSENSUS -> consensus(peer, frame.payload());
      case CERTIFICATE ->
          decoding(
              peer,
              () -> CommitCertificate.decode(frame.payload()),
              verdict -> whenAccepted(peer, verdict, this::certificate));
      case GET_BODY, GET_TRANSACTIONS, GET_BLOCKS, GET_SNAPSHOT, GET_CHUNK ->
          questions.answer(from, frame).exceptionally(fault -> refuse(peer, fault));
      case BODY ->
          decoding(
              peer,
              () -> decoder.block(frame.payload()),
              verdict -> whenAccepted(peer, verdict, parts.port()::body));
      case BLOCK_TRANSACTIONS ->
          decoding(peer, () -> decoder.transactions(frame.payload()), parts.port()::transactions);
      case EVIDENCE -> evidence(peer, frame.payload());
      case TRANSACTION -> transactions(List.of(frame.payload()), from);
      case TRANSACTIONS -> batch(peer, frame.payload());
      case SNAPSHOT ->
          decoding(
              peer,
              () -> SnapshotMessages.Offer.decode(frame.payload()),
              offer -> parts.stateSync().offer(from, offer));
      case CHUNK ->
          decoding(
              peer,
              () -> SnapshotMessages.Chunk.decode(frame.payload()),
              chunk -> parts.stateSync().chunk(from, chunk));
      case BLOCKS ->
          decoding(
              peer,
              () -> BlockSync.decode(frame.payload()),
              verdict ->
                  whenAccepted(
                      peer,
                      verdict,
                      offers -> parts.port().sync().blocks(peer, offers, clock.nowMillis())));
    };
  }

  /**
   * A transaction of our own users: checked by a worker, then offered to the mempool; what is new
   * is told to everybody else.
   */
  CompletableFuture<Verdict<Hash32>> transaction(Bytes encoded) {
    CompletableFuture<Verdict<Hash32>> result = new CompletableFuture<>();
    intake.offer(
        new Intake.Batch(
            List.of(encoded), Optional.empty(), verdicts -> result.complete(verdicts.getFirst())));
    return result;
  }

  /** As {@link #transaction}, for one that this node makes itself and would make again. */
  void own(Bytes encoded) {
    intake.offer(
        new Intake.Batch(
            List.of(encoded),
            Optional.empty(),
            verdicts -> LOG.info("own transaction: {}", verdicts.getFirst())));
  }

  /**
   * As {@link #transaction}, and waits until a block has it. The listener is told once, on the core
   * thread.
   */
  void submit(Bytes encoded, long timeoutMs, Consumer<Settlement> told) {
    intake.offer(
        new Intake.Batch(
            List.of(encoded),
            Optional.empty(),
            verdicts -> settle(encoded, verdicts.getFirst(), timeoutMs, told)));
  }

  private void settle(
      Bytes encoded, Verdict<Hash32> verdict, long timeoutMs, Consumer<Settlement> told) {
    switch (verdict) {
      case Verdict.Accepted<Hash32>(Hash32 id) -> parts.desk().await(id, timeoutMs, told);
      case Verdict.Ignored<Hash32> known ->
          parts.desk().await(Digests.sha256(encoded), timeoutMs, told);
      case Verdict.Rejected<Hash32>(var reason, String detail) ->
          told.accept(new Settlement.Refused(reason, detail, false));
      case Verdict.Later<Hash32>(var reason, String detail) ->
          told.accept(new Settlement.Refused(reason, detail, true));
    }
  }

  private CompletionStage<Boolean> batch(Peer peer, Bytes payload) {
    List<Bytes> encoded;
    try {
      encoded = TransactionBatch.decode(payload).transactions();
    } catch (DecodeException e) {
      parts.out().punish(peer.fingerprint(), Offence.MALFORMED, String.valueOf(e.getMessage()));
      return CompletableFuture.completedFuture(false);
    }
    return transactions(encoded, peer.fingerprint());
  }

  private CompletionStage<Boolean> transactions(List<Bytes> encoded, Hash32 from) {
    CompletableFuture<Boolean> handled = new CompletableFuture<>();
    intake.offer(new Intake.Batch(encoded, Optional.of(from), verdicts -> handled.complete(true)));
    return handled;
  }

  /** On a worker: checked transactions go to the core thread. */
  private void taken(List<Intake.Checked> checked) {
    thread.run(
        () -> {
          boolean fresh = false;
          for (Intake.Checked each : checked) {
            fresh |= offer(each);
          }
          if (fresh && parts.desk().hasWork()) {
            parts.consensus().ifPresent(ConsensusDriver::work);
          }
        },
        () -> {
          Verdict<Hash32> closed = Verdict.later(NodeReason.CLOSED, "the node is closed or halted");
          checked.forEach(
              each ->
                  each.batch().done().accept(each.verdicts().stream().map(v -> closed).toList()));
        });
  }

  /** Whether any of them is new. */
  private boolean offer(Intake.Checked checked) {
    Intake.Batch batch = checked.batch();
    List<Verdict<Hash32>> verdicts = new ArrayList<>(checked.verdicts().size());
    List<Bytes> fresh = new ArrayList<>();
    for (Verdict<Admitted> each : checked.verdicts()) {
      Verdict<Hash32> added =
          each.then(admitted -> parts.desk().add(admitted, batch.from().isEmpty()));
      verdicts.add(added);
      if (added.isAccepted() && each instanceof Verdict.Accepted<Admitted>(Admitted admitted)) {
        fresh.add(admitted.encoded());
      }
    }
    if (!fresh.isEmpty()) {
      parts.out().forward(fresh, batch.from());
    }
    batch.done().accept(verdicts);
    return !fresh.isEmpty();
  }

  private CompletionStage<Boolean> consensus(Peer peer, Bytes payload) {
    Optional<EvmAddress> speaker = addressOf(peer.fingerprint());
    if (parts.consensus().isEmpty() || speaker.isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    return decoding(
        voteChecks,
        peer,
        () -> decoder.message(payload, speaker.get(), parts.chain().head()),
        verdict -> whenAccepted(peer, verdict, this::deliver));
  }

  private void deliver(ConsensusDecoder.Heard heard) {
    parts.consensus().ifPresent(driver -> driver.message(heard.message()));
    heard.body().ifPresent(parts.port()::body);
  }

  private CompletionStage<Boolean> evidence(Peer peer, Bytes payload) {
    return decoding(
        peer,
        () -> Evidence.decode(payload).then(found -> found.verify(genesis.chainId())),
        verdict -> whenAccepted(peer, verdict, parts.port()::evidence));
  }

  /** What consensus does not remember any more may still prove a fork. */
  private void certificate(CommitCertificate certificate) {
    if (parts.consensus().isEmpty() || certificate.height() < parts.chain().head().height()) {
      parts.port().misbehaviour().lookAt(certificate);
    } else {
      ConsensusInput input = new ConsensusInput.CertificateReceived(certificate, clock.nowMillis());
      parts.consensus().get().feed(input);
    }
  }

  private <T> void whenAccepted(Peer peer, Verdict<T> verdict, Consumer<T> accepted) {
    switch (verdict) {
      case Verdict.Accepted<T>(T value) -> accepted.accept(value);
      case Verdict.Rejected<T>(var reason, String detail) ->
          parts
              .out()
              .punish(peer.fingerprint(), Offence.FALSE_CONTENT, reason.code() + ": " + detail);
      case Verdict.Ignored<T> _, Verdict.Later<T> _ -> {}
    }
  }

  /** Decodes on a worker, then acts on the core thread; a malformed frame ends the connection. */
  private <T> CompletionStage<Boolean> decoding(
      Peer peer, Supplier<T> decoder, Consumer<T> action) {
    return decoding(workers, peer, decoder, action);
  }

  private <T> CompletionStage<Boolean> decoding(
      Executor on, Peer peer, Supplier<T> decoder, Consumer<T> action) {
    return CompletableFuture.supplyAsync(decoder, on)
        .thenCompose(value -> onCore(() -> action.accept(value)))
        .exceptionally(fault -> refuse(peer, fault));
  }

  /** What does not decode ends the connection; a fault of this node is not its peer's. */
  private boolean refuse(Peer peer, Throwable fault) {
    Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
    if (cause instanceof DecodeException || cause instanceof IllegalArgumentException) {
      parts.out().punish(peer.fingerprint(), Offence.MALFORMED, String.valueOf(cause.getMessage()));
    } else {
      LOG.warn("cannot answer {}", peer, cause);
    }
    return false;
  }

  private CompletableFuture<Boolean> onCore(Runnable action) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    thread.run(
        () -> {
          action.run();
          done.complete(true);
        },
        () -> done.complete(false)); // a node that has halted still serves its blocks
    return done;
  }
}
