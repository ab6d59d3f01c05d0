package dev.trestle.adapter;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;

/** Bridges straight-line code on virtual threads and Vert.x futures. */
public final class Async {
  private Async() {}

  /** Runs {@code work} on a new virtual thread. */
  public static <T> Future<T> supply(Callable<T> work) {
    Promise<T> promise = Promise.promise();
    Thread.ofVirtual()
        .name("adapter")
        .start(
            () -> {
              T value;
              try {
                value = work.call();
              } catch (Throwable failure) { // an Error must reach the caller, too
                promise.fail(failure);
                return;
              }
              promise.complete(value);
            });
    return promise.future();
  }

  /**
   * Waits for {@code future}; for virtual threads only, never for an event loop. Rethrows its
   * failure as it is when unchecked.
   */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw e;
    }
  }
}
