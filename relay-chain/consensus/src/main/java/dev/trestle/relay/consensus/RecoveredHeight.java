package dev.trestle.relay.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the durable records say about the height that was running when the process ended.
 *
 * @param height 0 if no height was
 * @param round the last one entered
 * @param roundChange the frozen one of that round
 * @param own messages signed at that height, oldest first
 * @param bodies blocks this node prepared or proposed
 */
public record RecoveredHeight(
    long height,
    int round,
    Optional<SignedMessage> roundChange,
    Optional<PreparedCertificate> prepared,
    List<SignedMessage> own,
    List<Block> bodies) {
  /** Nothing to recover. */
  public static final RecoveredHeight NONE =
      new RecoveredHeight(0, 0, Optional.empty(), Optional.empty(), List.of(), List.of());

  public RecoveredHeight {
    own = List.copyOf(own);
    bodies = List.copyOf(bodies);
  }

  /**
   * Folds the records of the log, oldest first. Records of heights that ended do not count; among
   * the rest the highest height wins. The log is this node's own, so nothing is verified again.
   */
  public static RecoveredHeight recover(List<DurableRecord> records) {
    long ended = 0;
    long height = 0;
    for (DurableRecord each : records) {
      if (each instanceof DurableRecord.EndHeight(long end)) {
        ended = Math.max(ended, end);
      } else {
        height = Math.max(height, each.height());
      }
    }
    if (height <= ended) {
      return NONE;
    }
    RecoveredHeight result =
        new RecoveredHeight(height, 0, Optional.empty(), Optional.empty(), List.of(), List.of());
    for (DurableRecord each : records) {
      if (each.height() == height) {
        result = result.after(each);
      }
    }
    return result;
  }

  private RecoveredHeight after(DurableRecord next) {
    return switch (next) {
      case DurableRecord.OwnMessage(SignedMessage message) ->
          new RecoveredHeight(height, round, roundChange, prepared, plus(own, message), bodies);
      case DurableRecord.Prepared(PreparedCertificate certificate) ->
          prepared.isPresent() && prepared.get().round() >= certificate.round()
              ? this
              : new RecoveredHeight(
                  height, round, roundChange, Optional.of(certificate), own, bodies);
      case DurableRecord.Round(long h, int entered, Optional<SignedMessage> change) ->
          entered <= round ? this : new RecoveredHeight(h, entered, change, prepared, own, bodies);
      case DurableRecord.Body(Block block) ->
          new RecoveredHeight(height, round, roundChange, prepared, own, plus(bodies, block));
      case DurableRecord.EndHeight end -> this;
    };
  }

  private static <T> List<T> plus(List<T> items, T item) {
    List<T> all = new ArrayList<>(items);
    all.add(item);
    return all;
  }
}
