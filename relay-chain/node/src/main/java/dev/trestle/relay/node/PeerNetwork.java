package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.relay.node.PeerScores.Offence;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to other nodes: TLS 1.3 with certificates on both sides, one connection a node. Who a
 * peer is follows from the key it proved; whether it is a validator from {@link ValidatorPeers}. A
 * connection keeps the rights with which it was opened; when they change it is opened anew. All
 * state belongs to one event-loop context; the public methods may be called from anywhere.
 */
final class PeerNetwork implements Peers {
  private static final Logger LOG = LoggerFactory.getLogger(PeerNetwork.class);
  private static final long TICK_MS = 100;

  /** Most connections from nodes that are not validators. */
  static final int MAX_FOLLOWERS = 64;

  /**
   * Bytes that all nodes that are not validators may make this node hold for them together; above,
   * the one that has the most is cut off.
   */
  static final long MAX_FOLLOWER_BYTES = 128L << 20;

  private final Vertx vertx;
  private final Context context;
  private final Settings settings;
  private final long followerBytes;
  private PeerListener listener = PeerListener.NONE;
  private final Dials dials = new Dials();
  private final PeerScores scores = new PeerScores();
  private volatile int banned;
  private final Map<Hash32, Link> links = new LinkedHashMap<>();
  private final Set<PeerConnection> open = new HashSet<>();
  private final NetServer server;
  private final NetClient client;
  private int port;
  private boolean closed;

  /**
   * @param listenPort 0 for any free one
   * @param validators whose certificates have the rights of a validator
   * @param protocols versions that we speak
   */
  record Settings(
      TransportIdentity identity,
      Hash32 chainId,
      String listenHost,
      int listenPort,
      List<PeerAddress> seeds,
      ValidatorPeers validators,
      ProtocolRange protocols) {
    Settings {
      seeds = List.copyOf(seeds);
    }
  }

  /** A connection that said hello, and where its node can be dialled. */
  private record Link(PeerConnection connection, Optional<PeerAddress> listens) {}

  PeerNetwork(Vertx vertx, Settings settings) {
    this(vertx, settings, MAX_FOLLOWER_BYTES);
  }

  /**
   * @param followerBytes in place of {@link #MAX_FOLLOWER_BYTES}
   */
  PeerNetwork(Vertx vertx, Settings settings, long followerBytes) {
    this.vertx = vertx;
    this.followerBytes = followerBytes;
    this.context = vertx.getOrCreateContext();
    this.settings = settings;
    this.server = vertx.createNetServer(PeerOptions.server(settings.identity()));
    this.client = vertx.createNetClient(PeerOptions.client(settings.identity()));
    settings.seeds().forEach(dials::seed);
  }

  /** Listens and starts dialling; gives the real port. */
  Future<Integer> start(PeerListener to) {
    Promise<Integer> started = Promise.promise();
    context.runOnContext(
        ignored -> {
          listener = to;
          server.connectHandler(socket -> accept(socket, Optional.empty()));
          server
              .listen(settings.listenPort(), settings.listenHost())
              .onSuccess(
                  listening -> {
                    port = listening.actualPort();
                    vertx.setPeriodic(TICK_MS, timer -> tick(timer));
                    started.complete(port);
                  })
              .onFailure(started::fail);
        });
    return started.future();
  }

  @Override
  public void send(Hash32 to, Frame frame) {
    context.runOnContext(
        ignored -> {
          Link link = links.get(to);
          if (link != null) {
            link.connection().send(frame);
          }
        });
  }

  /** Completes when the frame was handed to the socket, or dropped. */
  @Override
  public CompletionStage<Void> send(Hash32 to, Frame frame, int since) {
    Promise<Void> sent = Promise.promise();
    context.runOnContext(
        ignored -> {
          Link link = links.get(to);
          Future<Void> done =
              link == null || link.connection().protocol() < since
                  ? Future.succeededFuture()
                  : link.connection().send(frame);
          done.onComplete(result -> sent.tryComplete());
        });
    return sent.future().toCompletionStage();
  }

  @Override
  public void broadcast(Frame frame) {
    context.runOnContext(
        ignored ->
            List.copyOf(links.values())
                .forEach(
                    link -> {
                      if (link.connection().peer().validator() || !frame.type().validatorsOnly()) {
                        link.connection().send(frame);
                      }
                    }));
  }

  @Override
  public void forward(List<Bytes> transactions, Optional<Hash32> from) {
    context.runOnContext(
        ignored -> {
          // validators are connected to each other: what one of them said the others know
          if (from.filter(settings.validators()::contains).isPresent()) {
            return;
          }
          List<Frame> batches =
              TransactionBatch.split(transactions).stream()
                  .map(batch -> new Frame(FrameType.TRANSACTIONS, batch.encode()))
                  .toList();
          for (Map.Entry<Hash32, Link> link : List.copyOf(links.entrySet())) {
            if (from.filter(link.getKey()::equals).isEmpty()) {
              sendAll(link.getValue().connection(), transactions, batches);
            }
          }
        });
  }

  private static void sendAll(PeerConnection to, List<Bytes> transactions, List<Frame> batches) {
    if (to.protocol() >= ProtocolRange.BATCHES) {
      batches.forEach(to::send);
    } else {
      transactions.forEach(each -> to.send(new Frame(FrameType.TRANSACTION, each)));
    }
  }

  @Override
  public void broadcastToValidators(Frame frame, int since, Supplier<Optional<Frame>> before) {
    context.runOnContext(
        ignored -> {
          Optional<Frame> older = Optional.empty();
          for (Link link : List.copyOf(links.values())) {
            PeerConnection to = link.connection();
            if (to.peer().validator() && to.protocol() >= since) {
              to.send(frame);
            } else if (to.peer().validator()) {
              older = older.or(before);
              older.ifPresent(to::send);
            }
          }
        });
  }

  @Override
  public void broadcastToValidators(Frame frame) {
    context.runOnContext(
        ignored ->
            List.copyOf(links.values()).stream()
                .filter(link -> link.connection().peer().validator())
                .forEach(link -> link.connection().send(frame)));
  }

  @Override
  public void rightsChanged() {
    context.runOnContext(
        ignored -> {
          for (PeerConnection connection : List.copyOf(open)) {
            Peer peer = connection.peer();
            if (peer.validator() != settings.validators().contains(peer.fingerprint())) {
              connection.close("its rights have changed");
            }
          }
          tellValidators();
        });
  }

  @Override
  public void punish(Hash32 fingerprint, Offence offence, String reason) {
    context.runOnContext(
        ignored -> {
          Link link = links.get(fingerprint);
          if (link != null) {
            punish(link.connection(), offence, reason);
          }
        });
  }

  private void punish(PeerConnection connection, Offence offence, String reason) {
    Peer peer = connection.peer();
    LOG.warn("closing {}: {}", peer, reason);
    if (scores.offend(peer, connection.host(), offence, nowMs())) {
      NodeEvent.PEER_BANNED
          .on(LOG)
          .addKeyValue("peer", peer.fingerprint())
          .addKeyValue("validator", peer.validator())
          .addKeyValue("remote", peer.remote())
          .addKeyValue("offence", offence)
          .log(reason);
    }
    connection.close(reason);
  }

  /** Identities and hosts that this node does not speak with for a while. Any thread. */
  int banned() {
    return banned;
  }

  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        ignored -> {
          closed = true;
          List.copyOf(open).forEach(connection -> connection.close("shutting down"));
          Future.join(server.close(), client.close()).onComplete(result -> done.complete());
        });
    return done.future();
  }

  private void tick(long timer) {
    if (closed) {
      vertx.cancelTimer(timer);
      return;
    }
    banned = scores.banned(nowMs());
    relieve();
    for (PeerAddress address : dials.due(nowMs(), links::containsKey)) {
      client
          .connect(address.port(), address.host())
          .onSuccess(socket -> accept(socket, Optional.of(address)))
          .onFailure(cause -> dials.ended(address, false, nowMs()));
    }
  }

  /** Whoever has the most goes first: who reads, and ends what it begins, holds next to nothing. */
  private void relieve() {
    List<PeerConnection> followers =
        open.stream()
            .filter(connection -> !connection.peer().validator())
            .sorted(Comparator.comparingLong(PeerConnection::heldBytes).reversed())
            .toList();
    long held = followers.stream().mapToLong(PeerConnection::heldBytes).sum();
    for (PeerConnection most : followers) {
      if (held <= followerBytes) {
        return;
      }
      long its = most.heldBytes();
      most.close("does not read: " + its + " bytes wait for it");
      held -= its;
    }
  }

  private void accept(NetSocket socket, Optional<PeerAddress> dialled) {
    Optional<Hash32> fingerprint = fingerprint(socket);
    boolean welcome =
        !closed
            && fingerprint.isPresent()
            && !fingerprint.get().equals(settings.identity().fingerprint())
            && dialled.map(to -> dials.answered(to, fingerprint.get())).orElse(true)
            && (settings.validators().contains(fingerprint.get())
                || dialled.isPresent()
                || followers() < MAX_FOLLOWERS)
            && !isBanned(socket, fingerprint.get(), dialled.isPresent());
    if (!welcome) {
      socket.close();
      dialled.ifPresent(address -> refused(address, fingerprint));
      return;
    }
    boolean validator = settings.validators().contains(fingerprint.get());
    PeerConnection connection =
        new PeerConnection(
            vertx, context, socket, fingerprint.get(), validator, dialled.isPresent());
    open.add(connection);
    long helloTimer =
        vertx.setTimer(
            PeerOptions.HANDSHAKE_SECONDS * 1000L,
            ignored -> {
              if (!isReady(connection)) {
                punish(connection, Offence.NO_HELLO, "no hello");
              }
            });
    connection.start(
        new PeerConnection.Handlers(
            frame -> received(connection, dialled, frame),
            reason -> punish(connection, Offence.MALFORMED, reason),
            reason -> {
              vertx.cancelTimer(helloTimer);
              ended(connection, dialled, reason);
            }));
    Hello hello = new Hello(settings.protocols(), settings.chainId(), port);
    connection.send(new Frame(FrameType.HELLO, hello.encode()));
  }

  private boolean isBanned(NetSocket socket, Hash32 fingerprint, boolean dialled) {
    boolean known = dialled || settings.validators().contains(fingerprint);
    String host = String.valueOf(socket.remoteAddress().host());
    return scores.isBanned(fingerprint, host, known, nowMs());
  }

  private void refused(PeerAddress address, Optional<Hash32> fingerprint) {
    if (fingerprint.filter(settings.identity().fingerprint()::equals).isPresent()) {
      dials.forget(address); // our own address in the seed list
    } else {
      dials.ended(address, false, nowMs());
    }
  }

  private long followers() {
    return open.stream().filter(connection -> !connection.peer().validator()).count();
  }

  private boolean isReady(PeerConnection connection) {
    Link link = links.get(connection.peer().fingerprint());
    return link != null && link.connection() == connection;
  }

  private void received(PeerConnection connection, Optional<PeerAddress> dialled, Frame frame) {
    if (frame.type() == FrameType.HELLO || !isReady(connection)) {
      connection.handled(frame);
      hello(connection, dialled, frame);
    } else if (frame.type().validatorsOnly() && !connection.peer().validator()) {
      punish(
          connection, Offence.NOT_ALLOWED, NodeReason.NOT_A_VALIDATOR.code() + ": " + frame.type());
    } else if (frame.type() == FrameType.PEERS) {
      connection.handled(frame);
      learn(connection, frame);
    } else {
      listener
          .received(connection.peer(), frame)
          .whenComplete((done, fault) -> connection.handled(frame));
    }
  }

  private void hello(PeerConnection connection, Optional<PeerAddress> dialled, Frame frame) {
    Optional<Hello> hello = isReady(connection) ? Optional.empty() : decodeHello(frame);
    int protocol = hello.map(each -> settings.protocols().common(each.protocols())).orElse(0);
    if (protocol == 0 || !hello.orElseThrow().chainId().equals(settings.chainId())) {
      punish(connection, Offence.NO_HELLO, "no hello of our chain and protocols: " + hello);
      return;
    }
    connection.speak(protocol);
    Hash32 fingerprint = connection.peer().fingerprint();
    Link rival = links.get(fingerprint);
    if (rival != null && !replaces(connection, rival.connection())) {
      connection.close("connected already");
      return;
    }
    Link link = new Link(connection, dialled.or(() -> listens(connection, hello.orElseThrow())));
    links.put(fingerprint, link);
    if (rival != null) {
      rival.connection().close("replaced by a newer connection");
    } else {
      LOG.info("connected to {}", connection.peer());
      listener.joined(connection.peer());
    }
    tellValidators();
  }

  private static Optional<Hello> decodeHello(Frame frame) {
    try {
      return frame.type() == FrameType.HELLO
          ? Optional.of(Hello.decode(frame.payload()))
          : Optional.empty();
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  private static Optional<PeerAddress> listens(PeerConnection connection, Hello hello) {
    return hello.listenPort() == 0
        ? Optional.empty()
        : Optional.of(new PeerAddress(connection.host(), hello.listenPort()));
  }

  /**
   * Both ends must keep the same one of two connections: the one dialled by the smaller
   * fingerprint. Of two in the same direction the dialler gave up the older.
   */
  private boolean replaces(PeerConnection next, PeerConnection held) {
    if (next.outbound() == held.outbound()) {
      return !next.outbound();
    }
    boolean weAreSmaller =
        settings.identity().fingerprint().compareTo(next.peer().fingerprint()) < 0;
    return next.outbound() == weAreSmaller;
  }

  private void tellValidators() {
    List<PeerList.Entry> entries = new ArrayList<>();
    links.forEach(
        (fingerprint, link) -> {
          if (link.connection().peer().validator() && entries.size() < PeerList.MAX_ENTRIES) {
            link.listens().ifPresent(at -> entries.add(new PeerList.Entry(fingerprint, at)));
          }
        });
    if (settings.validators().contains(settings.identity().fingerprint())) {
      Frame frame = new Frame(FrameType.PEERS, new PeerList(entries).encode());
      List.copyOf(links.values()).stream()
          .filter(link -> link.connection().peer().validator())
          .forEach(link -> link.connection().send(frame));
    }
  }

  private void learn(PeerConnection connection, Frame frame) {
    try {
      for (PeerList.Entry entry : PeerList.decode(frame.payload()).entries()) {
        if (settings.validators().contains(entry.fingerprint())
            && !entry.fingerprint().equals(settings.identity().fingerprint())
            && !links.containsKey(entry.fingerprint())) {
          dials.learn(entry.address(), entry.fingerprint());
        }
      }
    } catch (DecodeException e) {
      punish(connection, Offence.MALFORMED, "peer list: " + e.getMessage());
    }
  }

  private void ended(PeerConnection connection, Optional<PeerAddress> dialled, String reason) {
    open.remove(connection);
    boolean spoke = isReady(connection);
    dialled.ifPresent(address -> dials.ended(address, spoke, nowMs()));
    if (spoke) {
      links.remove(connection.peer().fingerprint());
      LOG.info("connection to {} ended: {}", connection.peer(), reason);
      listener.left(connection.peer());
    }
  }

  private static Optional<Hash32> fingerprint(NetSocket socket) {
    try {
      return socket.sslSession().getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Optional.of(TransportIdentity.fingerprint(certificate))
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private static long nowMs() {
    return System.nanoTime() / 1_000_000L;
  }
}
