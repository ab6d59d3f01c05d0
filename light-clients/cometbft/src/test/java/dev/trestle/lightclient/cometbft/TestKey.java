package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** A validator's secret. */
record TestKey(Bytes secret, Validator validator) {
  private static final Map<Bytes, Bytes> PUBLIC = new ConcurrentHashMap<>();

  static TestKey of(String seed, long power) {
    Bytes secret = Digests.sha256(Bytes.utf8(seed)).bytes();
    return new TestKey(
        secret, Validator.of(PUBLIC.computeIfAbsent(secret, TestKey::publicKey), power));
  }

  private static Bytes publicKey(Bytes secret) {
    byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(secret.toArray(), 0, key, 0);
    return Bytes.wrap(key);
  }

  /** {@code count} keys of equal power in the order of a set. */
  static List<TestKey> many(String seed, int count) {
    List<TestKey> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(of(seed + i, 10));
    }
    return sorted(keys);
  }

  /** By power, then address. */
  static List<TestKey> sorted(List<TestKey> keys) {
    return keys.stream()
        .sorted(
            Comparator.comparingLong((TestKey key) -> -key.validator.power())
                .thenComparing(key -> key.validator.address()))
        .toList();
  }

  static ValidatorSet set(List<TestKey> keys) {
    return new ValidatorSet(keys.stream().map(TestKey::validator).toList());
  }

  Bytes sign(Bytes message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    byte[] key = validator.key().toArray();
    Ed25519.sign(secret.toArray(), 0, key, 0, message.toArray(), 0, message.size(), signature, 0);
    return Bytes.wrap(signature);
  }
}
