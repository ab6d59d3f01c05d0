package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Headers of a simulated chain; changes are told on the thread that makes them. */
final class SimHeaders implements HeaderSource {
  private static final int MAX_RANGE = 2_000;

  private final SimChain chain;

  SimHeaders(SimChain chain) {
    this.chain = chain;
  }

  @Override
  public Future<RawHeader> latest() {
    return answer(() -> raw(chain.block(chain.head())));
  }

  @Override
  public Future<RawHeader> finalized() {
    return answer(() -> raw(chain.block(finalHeight())));
  }

  private long finalHeight() {
    return Math.max(0, chain.head() - chain.finalDepth() + 1);
  }

  @Override
  public Future<RawHeader> at(long height) {
    return answer(() -> raw(chain.block(height)));
  }

  @Override
  public Future<List<RawHeader>> range(long fromHeight, long toHeight) {
    return answer(
        () -> {
          if (fromHeight > toHeight || toHeight - fromHeight >= MAX_RANGE) {
            throw new AdapterException(AdapterError.BAD_CONFIG, "range out of order or too long");
          }
          List<RawHeader> headers = new ArrayList<>();
          for (long height = fromHeight; height <= toHeight; height++) {
            headers.add(raw(chain.block(height)));
          }
          return List.copyOf(headers);
        });
  }

  @Override
  public AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener) {
    for (long height = from.height() + 1; height <= chain.head(); height++) {
      listener.accept(new HeaderEvent.Added(raw(chain.block(height))));
    }
    return chain.listen(
        change -> {
          if (change.depth() > 0) {
            HeaderRef ancestor = raw(chain.block(change.commonAncestor())).ref();
            listener.accept(new HeaderEvent.Reorganized(ancestor, change.depth()));
          }
          change.added().forEach(block -> listener.accept(new HeaderEvent.Added(raw(block))));
          listener.accept(new HeaderEvent.Finalized(raw(chain.block(finalHeight())).ref()));
        });
  }

  private static RawHeader raw(SimChain.Block block) {
    HeaderRef ref = new HeaderRef(block.height(), block.id(), block.timestampSeconds());
    return new RawHeader(ref, block.parent(), block.header());
  }

  private static <T> Future<T> answer(Supplier<T> work) {
    try {
      return Future.succeededFuture(work.get());
    } catch (AdapterException e) {
      return Future.failedFuture(e);
    }
  }
}
