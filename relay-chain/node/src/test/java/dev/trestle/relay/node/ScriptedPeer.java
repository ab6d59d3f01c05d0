package dev.trestle.relay.node;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A peer that does what a test tells it to. */
final class ScriptedPeer implements PeerListener, AutoCloseable {
  final PeerNetwork network;
  final CompletableFuture<Peer> met = new CompletableFuture<>();
  final CompletableFuture<Peer> lost = new CompletableFuture<>();
  private final List<Frame> heard = new CopyOnWriteArrayList<>();
  volatile BiConsumer<Peer, Frame> answer = (peer, frame) -> {};
  final int port;

  ScriptedPeer(DevNet net, TransportIdentity identity, List<PeerAddress> seeds) {
    this.network =
        new PeerNetwork(
            net.vertx,
            new PeerNetwork.Settings(
                identity,
                net.genesis.chainId(),
                "127.0.0.1",
                0,
                seeds,
                new ValidatorPeers(ValidatorSets.fixed(net.genesis)),
                ProtocolRange.CURRENT));
    this.port = DevNet.done(network.start(this).toCompletionStage().toCompletableFuture());
  }

  /** Frames of this type, oldest first. */
  List<Frame> heardOf(FrameType type) {
    return heard.stream().filter(frame -> frame.type() == type).toList();
  }

  @Override
  public void joined(Peer peer) {
    met.complete(peer);
  }

  @Override
  public void left(Peer peer) {
    lost.complete(peer);
  }

  @Override
  public CompletionStage<Boolean> received(Peer peer, Frame frame) {
    heard.add(frame);
    answer.accept(peer, frame);
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public void close() {
    DevNet.done(network.close().toCompletionStage().toCompletableFuture());
  }
}
