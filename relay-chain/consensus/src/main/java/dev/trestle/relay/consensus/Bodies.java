package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Block bodies of the height, and what execution said of them. An id stands for one body (see
 * {@link Block}), so a verdict may be kept by id. Oldest first; the least recently used goes when
 * there are too many. Immutable.
 */
record Bodies(List<Entry> entries) {
  static final Bodies EMPTY = new Bodies(List.of());

  enum Execution {
    UNKNOWN,
    RUNNING,
    VALID,
    INVALID
  }

  record Entry(Block block, Execution execution) {}

  Bodies {
    entries = List.copyOf(entries);
  }

  Optional<Block> find(Hash32 id) {
    return entries.stream().map(Entry::block).filter(block -> block.id().equals(id)).findFirst();
  }

  /** UNKNOWN for an unknown block. */
  Execution execution(Hash32 id) {
    for (Entry entry : entries) {
      if (entry.block().id().equals(id)) {
        return entry.execution();
      }
    }
    return Execution.UNKNOWN;
  }

  /** Adds the block or moves it to the end; a known verdict stays. */
  Bodies add(Block block) {
    return with(block, execution(block.id()));
  }

  Bodies with(Block block, Execution execution) {
    List<Entry> all = new ArrayList<>(entries);
    all.removeIf(entry -> entry.block().equals(block));
    all.add(new Entry(block, execution));
    if (all.size() > ConsensusLimits.MAX_BODIES) {
      all.removeFirst();
    }
    return new Bodies(all);
  }
}
