package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Keys of simulated networks. They guard nothing: everybody can derive them. */
final class Keys {
  private static final Bytes SEED = Bytes.utf8("trestle simulation");

  private Keys() {}

  static SecretKey of(String role, int number) {
    return SecretKey.derive(SEED, role + "-" + number);
  }

  static Hash32 hash(String text) {
    return Digests.sha256(Bytes.utf8(text));
  }

  /** Numbers of {@code count} keys in ascending order of the keys' addresses. */
  static List<Integer> order(String role, int count) {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparing(number -> of(role, number).publicKey().evmAddress()))
        .toList();
  }

  /** In ascending order of their addresses, as a genesis wants them. */
  static List<SecretKey> sorted(String role, int count) {
    return order(role, count).stream().map(number -> of(role, number)).toList();
  }
}
