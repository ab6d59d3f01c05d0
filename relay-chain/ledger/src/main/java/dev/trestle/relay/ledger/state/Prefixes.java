package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Key ranges that begin with the same bytes. */
public final class Prefixes {
  private Prefixes() {}

  /** Whether {@code key} begins with {@code prefix}. */
  public static boolean startsWith(Bytes key, Bytes prefix) {
    if (key.size() < prefix.size()) {
      return false;
    }
    for (int i = 0; i < prefix.size(); i++) {
      if (key.at(i) != prefix.at(i)) {
        return false;
      }
    }
    return true;
  }

  /** The keys of {@code base} that begin with {@code prefix}, without it. */
  public static StateReader under(StateReader base, Bytes prefix) {
    return new StateReader() {
      @Override
      public Optional<Bytes> get(Bytes key) {
        return base.get(Bytes.concat(prefix, key));
      }

      @Override
      public List<Entry> scan(Bytes inner, Bytes after, int limit) {
        Bytes lower = after.isEmpty() ? Bytes.EMPTY : Bytes.concat(prefix, after);
        List<Entry> stripped = new ArrayList<>();
        for (Entry entry : base.scan(Bytes.concat(prefix, inner), lower, limit)) {
          Bytes key = entry.key();
          stripped.add(new Entry(key.slice(prefix.size(), key.size()), entry.value()));
        }
        return List.copyOf(stripped);
      }
    };
  }
}
