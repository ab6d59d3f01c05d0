package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ProvenFact;
import java.util.Map;
import java.util.Optional;

/**
 * What a check came to. Made by {@link Checks} alone: nobody outside of the ledger can.
 *
 * @param read what stood under each key that the check looked at, and that nothing did
 * @param left units of the budget after the check
 * @param timed as {@link Question#isTimed}
 */
record Answer<T>(Map<Bytes, Optional<Bytes>> read, long left, boolean timed, Verdict<T> verdict) {
  /** A key, small values and the objects around them. */
  private static final long FIXED_BYTES = 512;

  Answer {
    read = Map.copyOf(read);
  }

  /** The same verdict, for who asked a question of this type. */
  <S> Verdict<S> verdict(Class<S> type) {
    return verdict.then(said -> Verdict.accept(type.cast(said)));
  }

  /** Bytes that it takes up, about. */
  long bytes() {
    long sum = FIXED_BYTES;
    for (Map.Entry<Bytes, Optional<Bytes>> each : read.entrySet()) {
      sum += size(each.getKey(), each.getValue());
    }
    if (verdict instanceof Verdict.Accepted<T>(T said)) {
      sum += size(said);
    }
    return sum;
  }

  private static long size(Object said) {
    return switch (said) {
      case ProvenFact fact -> fact.path().size() + (long) fact.value().size();
      case ClientDelta delta ->
          delta.writes().entrySet().stream()
              .mapToLong(each -> size(each.getKey(), each.getValue()))
              .sum();
      default -> 0; // a number or a key
    };
  }

  private static long size(Bytes key, Optional<Bytes> value) {
    return 128L + key.size() + value.map(Bytes::size).orElse(0);
  }
}
