package dev.trestle.adapter.sim;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;

/** Finds the preimage in the witness of a transaction that spends a lock. */
@FunctionalInterface
public interface PreimageSearch {
  /** By hash, over all items: position and length prove nothing. */
  PreimageSearch BY_HASH =
      (witness, hash) ->
          witness.stream()
              .filter(item -> item.size() == Hash32.SIZE && Digests.sha256(item).equals(hash))
              .map(Hash32::new)
              .findFirst();

  Optional<Hash32> find(List<Bytes> witness, Hash32 hash);
}
