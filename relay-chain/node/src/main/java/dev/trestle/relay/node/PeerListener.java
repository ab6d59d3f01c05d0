package dev.trestle.relay.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the network tells the node. Called on the network's event loop; must not block. */
interface PeerListener {
  /** Hears nothing: before the network is started. */
  PeerListener NONE =
      new PeerListener() {
        @Override
        public void joined(Peer peer) {}

        @Override
        public void left(Peer peer) {}

        @Override
        public CompletionStage<Boolean> received(Peer peer, Frame frame) {
          return CompletableFuture.completedFuture(true);
        }
      };

  /** The peer proved its key and speaks for our chain. */
  void joined(Peer peer);

  /** The connection is gone. */
  void left(Peer peer);

  /**
   * A frame that the peer may send. The peer's socket is paused while too many of its frames are
   * not completed: that is the back-pressure.
   */
  CompletionStage<Boolean> received(Peer peer, Frame frame);
}
