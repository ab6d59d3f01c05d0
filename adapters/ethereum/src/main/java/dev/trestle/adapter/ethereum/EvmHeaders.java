package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Headers of an EVM chain: RLP that hashes to the block hash. */
final class EvmHeaders implements HeaderSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EvmHeaders.class);

  private final Vertx vertx;
  private final ChainReader chain;
  private final Duration poll;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  EvmHeaders(Vertx vertx, ChainReader chain, Duration poll) {
    this.vertx = vertx;
    this.chain = chain;
    this.poll = poll;
  }

  @Override
  public Future<RawHeader> latest() {
    return Async.supply(chain::tip);
  }

  @Override
  public Future<RawHeader> finalized() {
    return Async.supply(chain::finalized);
  }

  @Override
  public Future<RawHeader> at(long height) {
    return Async.supply(() -> chain.at(height));
  }

  @Override
  public Future<List<RawHeader>> range(long fromHeight, long toHeight) {
    return Async.supply(() -> chain.range(fromHeight, toHeight));
  }

  @Override
  public AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener) {
    Subscription subscription = new Subscription(new HeaderFollower(chain, from), listener);
    subscriptions.add(subscription);
    subscription.schedule(1);
    return subscription;
  }

  @Override
  public void close() {
    subscriptions.forEach(Subscription::close);
  }

  /** Looks again {@link #poll} after the last look has ended, so that looks never overlap. */
  private final class Subscription implements AutoCloseable {
    private final HeaderFollower follower;
    private final Consumer<HeaderEvent> listener;
    private final ArrayDeque<HeaderEvent> untold = new ArrayDeque<>();
    private final AtomicBoolean open = new AtomicBoolean(true);

    Subscription(HeaderFollower follower, Consumer<HeaderEvent> listener) {
      this.follower = follower;
      this.listener = listener;
    }

    void schedule(long millis) {
      if (!open.get()) {
        return;
      }
      vertx.setTimer(
          millis,
          timer ->
              Async.supply(this::look).onComplete(done -> schedule(poll.toMillis()), this::failed));
    }

    /** An event that the listener does not take is told again with the next look. */
    private boolean look() {
      if (untold.isEmpty() && open.get()) {
        untold.addAll(follower.advance());
      }
      while (!untold.isEmpty() && open.get()) {
        listener.accept(untold.getFirst());
        untold.removeFirst();
      }
      return open.get();
    }

    private void failed(Throwable failure) {
      if (failure instanceof AdapterException known && known.isTransient()) {
        LOG.debug("no look at the chain: {}", known.getMessage());
      } else {
        LOG.warn("following the chain failed, trying again", failure);
      }
      schedule(poll.toMillis());
    }

    @Override
    public void close() {
      open.set(false);
      subscriptions.remove(this);
    }
  }
}
