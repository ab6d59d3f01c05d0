package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.state.StateReader;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A view of records that a test has put together, with no light client. */
public final class RecordsView {
  private static final Genesis GENESIS = genesis();

  private RecordsView() {}

  public static LedgerView of(StateReader state) {
    return new LedgerView(state, GENESIS, Families.of(List.of()));
  }

  private static Genesis genesis() {
    List<PublicKey> keys =
        IntStream.range(0, Genesis.MIN_MEMBERS)
            .mapToObj(i -> SecretKey.derive(Bytes.utf8("records"), "key " + i).publicKey())
            .sorted(Comparator.comparing(PublicKey::evmAddress))
            .toList();
    return new Genesis(
        "records",
        0,
        keys.stream().map(key -> new Genesis.Validator(key, Hash32.ZERO)).toList(),
        new Genesis.Governance(keys, 3),
        new Genesis.NotaryCommittee(
            0, keys.stream().map(key -> new Genesis.NotaryMember(key.xOnly(), key)).toList(), 3),
        Genesis.Parameters.DEFAULT);
  }
}
