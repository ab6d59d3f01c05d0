package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.node.PeerScores.Offence;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The connected nodes, as this node speaks to them: {@link PeerNetwork} in a process. Safe from any
 * thread; what is for nobody is dropped.
 */
interface Peers {
  void send(Hash32 to, Frame frame);

  /**
   * Nothing to a peer of an older protocol.
   *
   * @param since the first protocol in which {@code frame} exists
   * @return completes when the frame is on its way, or dropped
   */
  CompletionStage<Void> send(Hash32 to, Frame frame, int since);

  void broadcast(Frame frame);

  /**
   * Passes new transactions on to everybody who may not know them.
   *
   * @param from the peer that they came from, which gets none of them
   */
  void forward(List<Bytes> transactions, Optional<Hash32> from);

  void broadcastToValidators(Frame frame);

  /**
   * @param since the first protocol in which {@code frame} exists
   * @param before what peers of older protocols get instead, if anything; made when one is there
   */
  void broadcastToValidators(Frame frame, int since, Supplier<Optional<Frame>> before);

  /** Somebody has become a validator or is none any more. */
  void rightsChanged();

  /** Ends a connection whose peer broke a rule; whoever does so often is not spoken with. */
  void punish(Hash32 peer, Offence offence, String reason);
}
