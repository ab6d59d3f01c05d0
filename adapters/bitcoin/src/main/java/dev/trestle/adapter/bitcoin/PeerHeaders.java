package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Headers over the P2P protocol from several peers at once, none of which is trusted: what is on
 * the best chain follows from the genesis block and the rules of our own light client. One honest
 * peer is enough to be on the chain with the most work. In memory alone: after a restart all
 * headers are fetched anew.
 *
 * <p>While there is much to fetch one peer gives it; the others are asked for what is left.
 */
final class PeerHeaders implements HeaderReader, AutoCloseable {
  private static final long TICK_MILLIS = 100;

  private final Vertx vertx;
  private final TimeSource time;
  private final HeaderForest forest;
  private final NetClient client;
  private final List<PeerLink> links = new ArrayList<>();
  private final Duration timeout;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bitcoin-peers").factory());
  private final Promise<Void> first = Promise.promise();
  private long timer = -1;
  private Optional<Integer> giving = Optional.empty();
  private boolean othersWait;

  /**
   * @param magic what messages of the network begin with
   * @param timeout for connection, handshake and answers
   */
  PeerHeaders(
      Vertx vertx,
      TimeSource time,
      UtxoNetwork network,
      Bytes magic,
      List<PeerAddress> peers,
      Duration timeout) {
    this.vertx = vertx;
    this.time = time;
    this.timeout = timeout;
    this.forest = new HeaderForest(network.parameters(), ClientSettings.DEFAULT_MAX_REORG_DEPTH);
    this.client =
        vertx.createNetClient(
            new NetClientOptions().setConnectTimeout(Math.toIntExact(timeout.toMillis())));
    Context context = vertx.getOrCreateContext();
    for (int i = 0; i < peers.size(); i++) {
      links.add(
          new PeerLink(i, peers.get(i), magic, timeout.toMillis(), context, client, new Shared()));
    }
  }

  /**
   * Connects; done when a peer has said what it has, fails with UNREACHABLE if none does in time.
   */
  Future<Void> start() {
    timer = vertx.setPeriodic(1, TICK_MILLIS, tick -> run(this::tick));
    long giveUp = vertx.setTimer(timeout.toMillis(), late -> first.tryFail(unreachable()));
    return first.future().onComplete(done -> vertx.cancelTimer(giveUp));
  }

  private AdapterException unreachable() {
    List<String> why =
        links.stream()
            .map(
                link ->
                    link.address()
                        + " "
                        + link.lastFault().map(PeerFault::code).orElse("does not answer"))
            .toList();
    return new AdapterException(AdapterError.UNREACHABLE, "no peer: " + String.join(", ", why));
  }

  private void tick() {
    links.forEach(PeerLink::tick);
    if (answering() > 0) {
      first.tryComplete();
    }
  }

  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // closed meanwhile
    }
  }

  /** Peers that answer now. */
  int answering() {
    return (int) links.stream().filter(PeerLink::isAnswering).count();
  }

  int peers() {
    return links.size();
  }

  /** Why the last connection to a peer ended, in the order of the configuration. */
  List<Optional<PeerFault>> faults() {
    return links.stream().map(PeerLink::lastFault).toList();
  }

  private final class Shared implements PeerLink.Host {
    @Override
    public void run(Runnable task) {
      PeerHeaders.this.run(task);
    }

    @Override
    public long nowMillis() {
      return time.nowMillis();
    }

    @Override
    public HeaderForest forest() {
      return forest;
    }

    @Override
    public boolean maySyncOn(int peer) {
      if (giving.isEmpty() || forest.hasChallenge(peer)) {
        giving = giving.isEmpty() ? Optional.of(peer) : giving;
        return true;
      }
      othersWait |= giving.get() != peer;
      return giving.get() == peer;
    }

    @Override
    public void rested(int peer) {
      if (giving.equals(Optional.of(peer))) {
        giving = Optional.empty();
        if (othersWait) {
          othersWait = false;
          links.forEach(PeerLink::askOn);
        }
      }
    }
  }

  /** Fails with UNREACHABLE while no peer answers: what is known then may be old. */
  private HeaderForest current() {
    if (answering() == 0) {
      throw unreachable();
    }
    return forest;
  }

  @Override
  public RawHeader tip() {
    return current().tip();
  }

  @Override
  public RawHeader at(long height) {
    return current().at(height);
  }

  @Override
  public Hash32 hashAt(long height) {
    return current().hashAt(height);
  }

  @Override
  public List<RawHeader> range(long from, RawHeader to) {
    return current().range(from, to);
  }

  @Override
  public Optional<BlockHeader> byHash(Hash32 id) {
    return current().byHash(id);
  }

  @Override
  public void close() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    first.tryFail(new AdapterException(AdapterError.UNREACHABLE, "closed"));
    run(() -> links.forEach(PeerLink::close));
    thread.shutdown();
    client.close();
  }
}
