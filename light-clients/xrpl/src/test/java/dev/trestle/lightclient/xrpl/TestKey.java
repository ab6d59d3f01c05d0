package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** A secret of a publisher or validator, Ed25519 or secp256k1. */
record TestKey(Bytes secret, boolean ed25519) {
  private static final Map<TestKey, XrplKey> KEYS = new ConcurrentHashMap<>();

  static TestKey ed25519(String seed) {
    return new TestKey(Digests.sha256(Bytes.utf8(seed)).bytes(), true);
  }

  static TestKey secp256k1(String seed) {
    return new TestKey(Digests.sha256(Bytes.utf8(seed)).bytes(), false);
  }

  XrplKey key() {
    return KEYS.computeIfAbsent(this, TestKey::make);
  }

  private static XrplKey make(TestKey of) {
    if (!of.ed25519) {
      return new XrplKey(SecretKey.of(of.secret).publicKey().compressed());
    }
    byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(of.secret.toArray(), 0, key, 0);
    return new XrplKey(Bytes.concat(Bytes.fromHex("ed"), Bytes.wrap(key)));
  }

  Bytes sign(Bytes message) {
    if (!ed25519) {
      return Secp256k1.instance()
          .toDer(Secp256k1.instance().signEcdsa(Digests.sha512Half(message), SecretKey.of(secret)));
    }
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(secret.toArray(), 0, message.toArray(), 0, message.size(), signature, 0);
    return Bytes.wrap(signature);
  }
}
