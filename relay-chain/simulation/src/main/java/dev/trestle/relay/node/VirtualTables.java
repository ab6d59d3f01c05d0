package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.node.simulated.Failure;
import dev.trestle.relay.node.simulated.Power;
import dev.trestle.relay.node.simulated.PowerCut;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Tables of a machine that may fail while a batch is written: then all of it is there afterwards or
 * nothing, as RocksDB promises of a synced write.
 */
final class VirtualTables implements Tables {
  private static final int ENTRIES_A_STEP = 2;

  private final Power power;
  private final SplittableRandom random;
  private final NodeFlaw flaw;
  private final Map<Table, TreeMap<Bytes, Bytes>> tables = new EnumMap<>(Table.class);

  /** What the last batch replaced, newest first; kept by a flawed store alone. */
  private List<Change> undo = List.of();

  /**
   * @param value empty to delete the key
   */
  private record Change(Table table, Bytes key, Optional<Bytes> value) {}

  VirtualTables(Power power, SplittableRandom random, NodeFlaw flaw) {
    this.power = power;
    this.random = random;
    this.flaw = flaw;
    for (Table table : Table.values()) {
      tables.put(table, new TreeMap<>());
    }
  }

  private NavigableMap<Bytes, Bytes> entries(Table table) {
    return tables.getOrDefault(table, new TreeMap<>());
  }

  @Override
  public Optional<Bytes> get(Table table, Bytes key) {
    return Optional.ofNullable(entries(table).get(key));
  }

  @Override
  public List<StateReader.Entry> scan(Table table, Bytes prefix, Bytes after, int limit) {
    List<StateReader.Entry> found = new ArrayList<>();
    boolean fromStart = after.compareTo(prefix) < 0;
    Bytes from = fromStart ? prefix : after;
    for (Map.Entry<Bytes, Bytes> each : entries(table).tailMap(from, fromStart).entrySet()) {
      Bytes key = each.getKey();
      boolean under = key.size() >= prefix.size() && key.slice(0, prefix.size()).equals(prefix);
      if (found.size() >= limit || !under) {
        break;
      }
      found.add(new StateReader.Entry(key, each.getValue()));
    }
    return List.copyOf(found);
  }

  @Override
  public void write(Consumer<Writes> writer) {
    List<Change> batch = new ArrayList<>();
    writer.accept(
        new Writes() {
          @Override
          public void put(Table table, Bytes key, Bytes value) {
            batch.add(new Change(table, key, Optional.of(value)));
          }

          @Override
          public void delete(Table table, Bytes key) {
            batch.add(new Change(table, key, Optional.empty()));
          }
        });
    boolean off = power.failed().isPresent();
    try {
      // the more there is to write the longer it takes
      for (int written = 0; written <= batch.size(); written += ENTRIES_A_STEP) {
        power.check();
      }
    } catch (PowerCut cut) {
      if (!off) {
        batch.subList(0, left(batch.size())).forEach(this::apply);
      }
      throw cut;
    }
    if (flaw == NodeFlaw.STORE_NOT_SYNCED) {
      undo = batch.stream().map(this::inverse).toList().reversed();
    }
    batch.forEach(this::apply);
  }

  private Change inverse(Change change) {
    return new Change(change.table(), change.key(), get(change.table(), change.key()));
  }

  /** How much of a batch is on the disk when the machine fails while it is written. */
  private int left(int size) {
    return flaw == NodeFlaw.BATCH_NOT_ATOMIC
        ? random.nextInt(size + 1)
        : random.nextBoolean() ? size : 0;
  }

  private void apply(Change change) {
    if (change.value().isPresent()) {
      entries(change.table()).put(change.key(), change.value().get());
    } else {
      entries(change.table()).remove(change.key());
    }
  }

  /** The machine has failed. */
  void fail(Failure failure) {
    if (failure != Failure.KILLED) {
      undo.forEach(this::apply);
    }
    undo = List.of();
  }

  /** Nobody makes snapshots here: they are files, and made by a thread of their own. */
  @Override
  public Frozen freeze() {
    throw new UnsupportedOperationException("no snapshots");
  }

  @Override
  public void close() {}
}
