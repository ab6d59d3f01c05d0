package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** A validator's secret, for both protocols. */
public record TestKey(Bytes secret) {
  private static final Map<Bytes, Bytes> AUTHORITIES = new ConcurrentHashMap<>();
  private static final Map<Bytes, EvmAddress> ADDRESSES = new ConcurrentHashMap<>();

  public static TestKey of(String seed) {
    return new TestKey(Digests.sha256(Bytes.utf8(seed)).bytes());
  }

  public static List<TestKey> many(String seed, int count) {
    return IntStream.range(0, count).mapToObj(i -> of(seed + i)).toList();
  }

  /** Ed25519 key. */
  public Bytes authority() {
    return AUTHORITIES.computeIfAbsent(secret, TestKey::authority);
  }

  private static Bytes authority(Bytes secret) {
    byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(secret.toArray(), 0, key, 0);
    return Bytes.wrap(key);
  }

  public Bytes sign(Bytes message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(secret.toArray(), 0, message.toArray(), 0, message.size(), signature, 0);
    return Bytes.wrap(signature);
  }

  /** Of the secp256k1 key. */
  public EvmAddress address() {
    return ADDRESSES.computeIfAbsent(secret, bytes -> SecretKey.of(bytes).publicKey().evmAddress());
  }

  /** r, s and recovery id. */
  public Bytes signEcdsa(Hash32 digest) {
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, SecretKey.of(secret));
    return Bytes.concat(signature.rs(), Bytes.wrap(new byte[] {(byte) signature.recoveryId()}));
  }
}
