package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Headers as the {@code bitcoin-pow/1} light client takes them: 80 bytes, more of a signet. */
final class BitcoinHeaders implements HeaderSource {
  /** Most headers of one {@link #range}. */
  static final long MAX_RANGE = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(BitcoinHeaders.class);

  private final Vertx vertx;
  private final HeaderReader chain;
  private final UnaryOperator<List<RawHeader>> form;
  private final int confirmations;
  private final Duration poll;
  private final Set<Follow> following = ConcurrentHashMap.newKeySet();

  /**
   * @param form makes of headers of 80 bytes what the light client takes
   */
  BitcoinHeaders(
      Vertx vertx,
      HeaderReader chain,
      UnaryOperator<List<RawHeader>> form,
      int confirmations,
      Duration poll) {
    this.vertx = vertx;
    this.chain = chain;
    this.form = form;
    this.confirmations = confirmations;
    this.poll = poll;
  }

  @Override
  public Future<RawHeader> latest() {
    return Async.supply(() -> formed(chain.tip()));
  }

  @Override
  public Future<RawHeader> finalized() {
    return Async.supply(
        () -> {
          RawHeader tip = chain.tip();
          long height = tip.ref().height() - confirmations + 1;
          if (height < 0) {
            throw new AdapterException(AdapterError.NOT_FOUND, "no block is final yet");
          }
          return formed(chain.range(height, tip).getFirst());
        });
  }

  @Override
  public Future<RawHeader> at(long height) {
    return Async.supply(() -> formed(chain.at(height)));
  }

  @Override
  public Future<List<RawHeader>> range(long fromHeight, long toHeight) {
    if (fromHeight < 0 || toHeight < fromHeight || toHeight - fromHeight >= MAX_RANGE) {
      return Future.failedFuture(
          new AdapterException(AdapterError.NOT_SUPPORTED, "a range has 1.." + MAX_RANGE));
    }
    return Async.supply(() -> form.apply(chain.range(fromHeight, chain.at(toHeight))));
  }

  private RawHeader formed(RawHeader header) {
    return form.apply(List.of(header)).getFirst();
  }

  @Override
  public AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener) {
    Follow follow = new Follow(new HeaderFollower(chain, form, confirmations, from), listener);
    following.add(follow);
    follow.look();
    return follow;
  }

  void close() {
    following.forEach(Follow::close);
  }

  private final class Follow implements AutoCloseable {
    private final HeaderFollower follower;
    private final Consumer<HeaderEvent> listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    Follow(HeaderFollower follower, Consumer<HeaderEvent> listener) {
      this.follower = follower;
      this.listener = listener;
    }

    void look() {
      Async.supply(
              () -> {
                for (HeaderEvent event : follower.advance()) {
                  if (closed.get()) {
                    break;
                  }
                  tell(event);
                }
                return true;
              })
          .onFailure(failure -> LOG.warn("looking for headers: {}", failure.getMessage()))
          .onComplete(
              done -> {
                if (!closed.get()) {
                  vertx.setTimer(poll.toMillis(), timer -> look());
                }
              });
    }

    private void tell(HeaderEvent event) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        LOG.error("a listener fails on {}", event, e); // its own fault; others go on
      }
    }

    @Override
    public void close() {
      closed.set(true);
      following.remove(this);
    }
  }
}
