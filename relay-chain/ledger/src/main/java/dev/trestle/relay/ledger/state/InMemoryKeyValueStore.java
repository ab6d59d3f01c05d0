package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store that forgets everything with the process: for tests, simulations and embedding. */
public final class InMemoryKeyValueStore implements KeyValueStore {
  private final TreeMap<Bytes, Bytes> entries = new TreeMap<>();

  @Override
  public synchronized Optional<Bytes> get(Bytes key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public synchronized List<Entry> scan(Bytes prefix, Bytes after, int limit) {
    List<Entry> found = new ArrayList<>();
    boolean fromStart = after.compareTo(prefix) < 0;
    Bytes from = fromStart ? prefix : after;
    for (Map.Entry<Bytes, Bytes> entry : entries.tailMap(from, fromStart).entrySet()) {
      if (found.size() >= limit || !Prefixes.startsWith(entry.getKey(), prefix)) {
        break;
      }
      found.add(new Entry(entry.getKey(), entry.getValue()));
    }
    return List.copyOf(found);
  }

  @Override
  public synchronized void apply(Batch batch) {
    batch
        .writes()
        .forEach(
            (key, value) -> {
              if (value.isPresent()) {
                entries.put(key, value.get());
              } else {
                entries.remove(key);
              }
            });
  }
}
