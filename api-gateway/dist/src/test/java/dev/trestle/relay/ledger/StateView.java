package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.state.StateReader;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A view of records that a test has put together. */
public final class StateView {
  private static final Genesis GENESIS = genesis();

  private StateView() {}

  public static LedgerView of(Map<Bytes, Bytes> state) {
    TreeMap<Bytes, Bytes> sorted = new TreeMap<>(state);
    StateReader reader =
        new StateReader() {
          @Override
          public Optional<Bytes> get(Bytes key) {
            return Optional.ofNullable(sorted.get(key));
          }

          @Override
          public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
            return sorted.entrySet().stream()
                .filter(each -> each.getKey().size() >= prefix.size())
                .filter(each -> each.getKey().slice(0, prefix.size()).equals(prefix))
                .filter(each -> each.getKey().compareTo(after) > 0)
                .limit(limit)
                .map(each -> new Entry(each.getKey(), each.getValue()))
                .toList();
          }
        };
    return new LedgerView(reader, GENESIS, Families.of(List.of()));
  }

  private static Genesis genesis() {
    List<PublicKey> keys =
        IntStream.range(0, Genesis.MIN_MEMBERS)
            .mapToObj(i -> SecretKey.derive(Bytes.utf8("view"), "key " + i).publicKey())
            .sorted(Comparator.comparing(PublicKey::evmAddress))
            .toList();
    return new Genesis(
        "view",
        0,
        keys.stream().map(key -> new Genesis.Validator(key, Hash32.ZERO)).toList(),
        new Genesis.Governance(keys, 3),
        new Genesis.NotaryCommittee(
            0, keys.stream().map(key -> new Genesis.NotaryMember(key.xOnly(), key)).toList(), 3),
        Genesis.Parameters.DEFAULT);
  }
}
