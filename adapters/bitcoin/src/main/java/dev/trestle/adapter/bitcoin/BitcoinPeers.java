package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.base.ChainId;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Headers from peers alone, without a node's RPC interface: for tools that only follow a chain. */
public final class BitcoinPeers implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);

  private final PeerHeaders peers;
  private final BitcoinHeaders headers;

  private BitcoinPeers(PeerHeaders peers, BitcoinHeaders headers) {
    this.peers = peers;
    this.headers = headers;
  }

  /**
   * Connects, and waits until a peer has said what it has. Blocks: for virtual or platform threads,
   * never for an event loop.
   *
   * @param chain CAIP-2 id of a network of Bitcoin or Litecoin
   * @param addresses {@code host:port}, separated by commas, at most 16
   * @throws AdapterException BAD_CONFIG for another chain, for signet (headers alone do not show
   *     that blocks are solved) and for malformed addresses; UNREACHABLE when no peer answers in 20
   *     seconds
   */
  public static BitcoinPeers open(AdapterContext context, ChainId chain, String addresses) {
    UtxoNetwork network =
        UtxoNetwork.of(chain)
            .orElseThrow(() -> bad(chain + " is not a network of Bitcoin or Litecoin"));
    PeerHeaders peers =
        new PeerHeaders(
            context.vertx(),
            context.time(),
            network,
            PeerNetwork.magic(network)
                .orElseThrow(
                    () -> bad("peers of " + network.displayName() + " do not show solutions")),
            PeerAddress.parse(addresses),
            TIMEOUT);
    try {
      Async.await(peers.start());
    } catch (RuntimeException e) {
      peers.close();
      throw e;
    }
    return new BitcoinPeers(
        peers,
        new BitcoinHeaders(
            context.vertx(), peers, UnaryOperator.identity(), network.confirmations(), POLL));
  }

  private static AdapterException bad(String detail) {
    return new AdapterException(AdapterError.BAD_CONFIG, detail);
  }

  /** What the peers tell, verified: the chain with the most work. */
  public HeaderSource headers() {
    return headers;
  }

  @Override
  public void close() {
    headers.close();
    peers.close();
  }
}
