package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.VerifiedMessage;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
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
  private final CoreThread thread;
  private final Executor workers;
  private final TimeSource clock;
  private final Genesis genesis;
  private final MessageVerifier verifier;
  private final Map<Hash32, EvmAddress> addresses;
  private final Map<Hash32, Peer> peers = new TreeMap<>();

  /** What the loop hands things to; all of it belongs to the core thread. */
  record NodeParts(
      ChainExecutor chain,
      RocksStore store,
      TransactionDesk desk,
      NodePort port,
      Optional<ConsensusDriver> consensus,
      PeerSender out) {}

  NodeLoop(
      NodeParts parts,
      CoreThread thread,
      Executor workers,
      TimeSource clock,
      Genesis genesis,
      Map<Hash32, EvmAddress> addresses) {
    this.parts = parts;
    this.thread = thread;
    this.workers = workers;
    this.clock = clock;
    this.genesis = genesis;
    this.verifier = new MessageVerifier(genesis.chainId());
    this.addresses = addresses;
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
    thread.run(
        () -> {
          peers.remove(peer.fingerprint());
          parts.port().sync().left(peer.fingerprint());
        });
  }

  /** The validator that this transport identity belongs to. */
  Optional<EvmAddress> addressOf(Hash32 fingerprint) {
    return Optional.ofNullable(addresses.get(fingerprint));
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
              verdict ->
                  whenAccepted(
                      peer,
                      verdict,
                      certificate ->
                          feed(
                              new ConsensusInput.CertificateReceived(
                                  certificate, clock.nowMillis()))));
      case GET_BODY ->
          decoding(
              peer,
              () -> CanonicalReader.decode(frame.payload(), CanonicalReader::hash),
              id -> body(id).ifPresent(block -> parts.out().sendBody(from, block)));
      case BODY ->
          decoding(
              peer,
              () -> Block.decode(frame.payload()),
              verdict ->
                  whenAccepted(
                      peer,
                      verdict,
                      block -> feed(new ConsensusInput.BodyReceived(block, clock.nowMillis()))));
      case EVIDENCE -> evidence(peer, frame.payload());
      case TRANSACTION -> transaction(frame.payload(), Optional.of(from)).thenApply(done -> true);
      case GET_BLOCKS -> serve(peer, frame.payload());
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
   * A transaction from a peer or from our own users: checked by a worker, then offered to the
   * mempool; what is new is told to everybody else.
   */
  CompletableFuture<Verdict<Hash32>> transaction(Bytes encoded, Optional<Hash32> from) {
    CompletableFuture<Verdict<Hash32>> result = new CompletableFuture<>();
    workers.execute(
        () -> {
          Verdict<Transaction> decoded =
              TransactionDesk.decode(encoded, genesis, genesis.chainId());
          if (!(decoded instanceof Verdict.Accepted<Transaction>(Transaction transaction))) {
            result.complete(decoded.then(never -> Verdict.accept(Hash32.ZERO)));
            return;
          }
          thread
              .call(() -> offer(transaction, encoded, from))
              .onComplete(result::complete, result::completeExceptionally);
        });
    return result;
  }

  private Verdict<Hash32> offer(Transaction transaction, Bytes encoded, Optional<Hash32> from) {
    Verdict<Hash32> added = parts.desk().add(transaction, encoded, from.isEmpty());
    if (added.isAccepted()) {
      peers.keySet().stream()
          .filter(peer -> from.filter(peer::equals).isEmpty())
          .forEach(peer -> parts.out().sendTransaction(peer, encoded));
      if (parts.desk().hasWork()) {
        parts.consensus().ifPresent(ConsensusDriver::work);
      }
    }
    return added;
  }

  private CompletionStage<Boolean> consensus(Peer peer, Bytes payload) {
    if (parts.consensus().isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    return decoding(
        peer,
        () ->
            SignedMessage.decode(payload)
                .then(message -> verifier.verify(message, parts.chain().validators())),
        verdict -> whenAccepted(peer, verdict, message -> deliver(peer, message)));
  }

  private void deliver(Peer peer, VerifiedMessage message) {
    EvmAddress owner = addresses.get(peer.fingerprint());
    if (!message.signed().sender().equals(owner)) {
      // a validator speaks for itself: others' messages do not come over its connection
      LOG.debug("{} sent a message of {}", peer, message.signed().sender());
      return;
    }
    if (message.signed().message() instanceof ConsensusMessage.Proposal proposal) {
      parts.port().bodies().add(proposal.block());
    }
    parts.consensus().ifPresent(driver -> driver.message(message));
  }

  private CompletionStage<Boolean> evidence(Peer peer, Bytes payload) {
    return decoding(
        peer,
        () -> Evidence.decode(payload).then(found -> found.verify(genesis.chainId())),
        verdict ->
            whenAccepted(
                peer,
                verdict,
                found -> {
                  if (parts.chain().isNewEvidence(found)) {
                    parts.port().evidence().add(found);
                  }
                }));
  }

  /** Handled when the answer is on its way: a peer that does not read cannot ask on. */
  private CompletionStage<Boolean> serve(Peer peer, Bytes payload) {
    return CompletableFuture.supplyAsync(
            () -> {
              SyncRequest request = SyncRequest.decode(payload);
              return parts
                  .out()
                  .sendBlocks(peer.fingerprint(), request.from(), request.count())
                  .toCompletionStage();
            },
            workers)
        .thenCompose(sent -> sent.thenApply(done -> true))
        .exceptionally(
            fault -> {
              parts.out().disconnect(peer.fingerprint(), String.valueOf(fault.getMessage()));
              return false;
            });
  }

  private Optional<Block> body(Hash32 id) {
    return parts
        .port()
        .bodies()
        .find(id)
        .or(() -> parts.store().heightOf(id).flatMap(height -> parts.store().block(height)));
  }

  private void feed(ConsensusInput input) {
    parts.consensus().ifPresent(driver -> driver.feed(input));
  }

  private <T> void whenAccepted(Peer peer, Verdict<T> verdict, Consumer<T> accepted) {
    switch (verdict) {
      case Verdict.Accepted<T>(T value) -> accepted.accept(value);
      case Verdict.Rejected<T>(var reason, String detail) ->
          parts.out().disconnect(peer.fingerprint(), reason.code() + ": " + detail);
      case Verdict.Ignored<T> _, Verdict.Later<T> _ -> {}
    }
  }

  /** Decodes on a worker, then acts on the core thread; a malformed frame ends the connection. */
  private <T> CompletionStage<Boolean> decoding(
      Peer peer, Supplier<T> decoder, Consumer<T> action) {
    Function<Throwable, Boolean> refuse =
        fault -> {
          parts.out().disconnect(peer.fingerprint(), String.valueOf(fault.getMessage()));
          return false;
        };
    return CompletableFuture.supplyAsync(decoder, workers)
        .thenCompose(value -> onCore(() -> action.accept(value)))
        .exceptionally(refuse);
  }

  private CompletableFuture<Boolean> onCore(Runnable action) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    thread.run(
        () -> {
          action.run();
          done.complete(true);
        });
    return done;
  }
}
