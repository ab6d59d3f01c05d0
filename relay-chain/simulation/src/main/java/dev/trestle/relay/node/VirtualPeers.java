package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.node.PeerScores.Offence;
import dev.trestle.relay.node.simulated.Power;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The connections of one life of a node: frames leave as bytes and come in as bytes. */
final class VirtualPeers implements Peers {
  private final SimulatedNode node;
  private final SimulatedNode.Surroundings world;
  private final ValidatorPeers validators;
  private final Power power;
  private final PeerScores scores = new PeerScores();
  private final Map<Hash32, Peer> connected = new TreeMap<>();
  private PeerListener listener = PeerListener.NONE;

  VirtualPeers(
      SimulatedNode node,
      SimulatedNode.Surroundings world,
      ValidatorPeers validators,
      Power power) {
    this.node = node;
    this.world = world;
    this.validators = validators;
    this.power = power;
  }

  void start(PeerListener to) {
    listener = to;
  }

  boolean welcomes(Hash32 fingerprint) {
    return !scores.isBanned(fingerprint, host(fingerprint), true, world.nowMs());
  }

  /** A second connection of one identity is no news. */
  void connect(Hash32 fingerprint) {
    if (!connected.containsKey(fingerprint)) {
      Peer peer = new Peer(fingerprint, validators.contains(fingerprint), host(fingerprint));
      connected.put(fingerprint, peer);
      listener.joined(peer);
    }
  }

  void disconnect(Hash32 fingerprint) {
    Peer peer = connected.remove(fingerprint);
    if (peer != null) {
      listener.left(peer);
    }
  }

  private static String host(Hash32 fingerprint) {
    return fingerprint.toHex();
  }

  /** Bytes from a connection: what is no frame, or none of this peer's, ends it. */
  void receive(Hash32 from, Bytes bytes) {
    Peer peer = connected.get(from);
    if (peer == null) {
      return;
    }
    FrameDecoder decoder = new FrameDecoder();
    decoder.feed(Buffer.buffer(bytes.toArray()));
    switch (decoder.next()) {
      case Verdict.Accepted<Optional<Frame>>(Optional<Frame> frame) ->
          frame.ifPresent(whole -> receive(peer, whole));
      case Verdict.Rejected<Optional<Frame>>(var reason, String detail) ->
          punish(from, Offence.MALFORMED, reason.code() + ": " + detail);
      case Verdict.Ignored<Optional<Frame>> _, Verdict.Later<Optional<Frame>> _ -> {}
    }
  }

  private void receive(Peer peer, Frame frame) {
    if (frame.type().validatorsOnly() && !peer.validator()) {
      punish(peer.fingerprint(), Offence.NOT_ALLOWED, frame.type().name());
    } else {
      CompletionStage<Boolean> _ = listener.received(peer, frame);
    }
  }

  @Override
  public void send(Hash32 to, Frame frame) {
    post(to, frame, bytes(frame));
  }

  @Override
  public CompletionStage<Void> send(Hash32 to, Frame frame, int since) {
    send(to, frame);
    return CompletableFuture.allOf();
  }

  @Override
  public void broadcast(Frame frame) {
    Bytes bytes = bytes(frame);
    for (Peer peer : List.copyOf(connected.values())) {
      if (peer.validator() || !frame.type().validatorsOnly()) {
        post(peer.fingerprint(), frame, bytes);
      }
    }
  }

  @Override
  public void forward(List<Bytes> transactions, Optional<Hash32> from) {
    if (from.filter(validators::contains).isPresent()) {
      return; // validators are connected to each other
    }
    for (TransactionBatch batch : TransactionBatch.split(transactions)) {
      Frame frame = new Frame(FrameType.TRANSACTIONS, batch.encode());
      Bytes bytes = bytes(frame);
      for (Hash32 to : List.copyOf(connected.keySet())) {
        if (from.filter(to::equals).isEmpty()) {
          post(to, frame, bytes);
        }
      }
    }
  }

  @Override
  public void broadcastToValidators(Frame frame) {
    if (frame.type() == FrameType.CONSENSUS) {
      power.check();
      node.said(SignedMessage.decode(frame.payload()).orThrow());
    }
    Bytes bytes = bytes(frame);
    for (Peer peer : List.copyOf(connected.values())) {
      if (peer.validator()) {
        post(peer.fingerprint(), frame, bytes);
      }
    }
  }

  @Override
  public void broadcastToValidators(Frame frame, int since, Supplier<Optional<Frame>> before) {
    broadcastToValidators(frame);
  }

  @Override
  public void rightsChanged() {
    for (Peer peer : List.copyOf(connected.values())) {
      if (peer.validator() != validators.contains(peer.fingerprint())) {
        world.disconnected(node, peer.fingerprint());
      }
    }
  }

  @Override
  public void punish(Hash32 peer, Offence offence, String reason) {
    Peer offender = connected.get(peer);
    if (offender != null) {
      boolean _ = scores.offend(offender, host(peer), offence, world.nowMs());
      world.punished(node, peer, offence + ": " + reason);
      world.disconnected(node, peer);
    }
  }

  private void post(Hash32 to, Frame frame, Bytes bytes) {
    power.check();
    if (connected.containsKey(to)) {
      world.send(node, to, new SimulatedNode.Envelope(frame.type().name(), bytes));
    }
  }

  private static Bytes bytes(Frame frame) {
    return Bytes.wrap(frame.encode().getBytes());
  }
}
