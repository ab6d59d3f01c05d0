package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.SecretKey;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Keys of a benchmark's network. They guard nothing: everybody can derive them. */
final class Keys {
  private static final Bytes SEED = Bytes.utf8("trestle benchmark");

  private Keys() {}

  static SecretKey of(String role, int number) {
    return SecretKey.derive(SEED, role + "-" + number);
  }

  /** In ascending order of their addresses, as a genesis wants them. */
  static List<SecretKey> sorted(String role, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> of(role, i))
        .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
        .toList();
  }
}
