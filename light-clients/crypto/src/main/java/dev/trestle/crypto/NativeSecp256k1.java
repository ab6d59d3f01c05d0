package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Optional;

/** libsecp256k1 through JNI. */
final class NativeSecp256k1 implements Secp256k1 {
  private final fr.acinq.secp256k1.Secp256k1 library;

  NativeSecp256k1(fr.acinq.secp256k1.Secp256k1 library) {
    this.library = library;
  }

  @Override
  public String name() {
    return "libsecp256k1";
  }

  @Override
  public boolean isPublicKey(Bytes encoded) {
    if (encoded.size() != 33 && (encoded.size() != 65 || encoded.at(0) != 4)) {
      return false; // libsecp256k1 would take the hybrid forms 6 and 7, too
    }
    try {
      library.pubkeyParse(encoded.toArray());
      return true;
    } catch (Secp256k1Exception e) {
      return false;
    }
  }

  @Override
  public boolean isSecretKey(byte[] scalar) {
    return scalar.length == 32 && library.secKeyVerify(scalar);
  }

  @Override
  public PublicKey publicKey(SecretKey secret) {
    return compress(library.pubkeyCreate(open(secret)));
  }

  @Override
  public Bytes uncompress(PublicKey key) {
    return Bytes.wrap(library.pubkeyParse(key.compressed().toArray()));
  }

  @Override
  public EcdsaSignature signEcdsa(Hash32 digest, SecretKey key) {
    byte[] message = digest.toArray();
    byte[] rs = library.sign(message, open(key), null);
    byte[] expected = uncompress(key.publicKey()).toArray();
    for (int recoveryId = 0; recoveryId < 2; recoveryId++) {
      if (java.util.Arrays.equals(recoverOrEmpty(rs, message, recoveryId), expected)) {
        rs[32] |= (byte) (recoveryId << 7);
        return new EcdsaSignature(Bytes.wrap(rs));
      }
    }
    // r >= n, so that recovery would need id 2 or 3: probability 2^-127.
    throw new IllegalStateException("signature has no EIP-2098 form");
  }

  @Override
  public boolean verifyEcdsa(EcdsaSignature signature, Hash32 digest, PublicKey key) {
    try {
      return library.verify(signature.rs().toArray(), digest.toArray(), key.compressed().toArray());
    } catch (Secp256k1Exception e) {
      return false;
    }
  }

  @Override
  public Optional<PublicKey> recover(EcdsaSignature signature, Hash32 digest) {
    byte[] key = recoverUncompressed(signature, digest);
    return key.length == 0 ? Optional.empty() : Optional.of(compress(key));
  }

  @Override
  public Optional<EvmAddress> recoverAddress(EcdsaSignature signature, Hash32 digest) {
    byte[] key = recoverUncompressed(signature, digest);
    return key.length == 0
        ? Optional.empty()
        : Optional.of(EvmAddress.ofUncompressed(Bytes.wrap(key)));
  }

  /** Empty if there is none. */
  private byte[] recoverUncompressed(EcdsaSignature signature, Hash32 digest) {
    byte[] rs = signature.rs().toArray();
    try {
      if (library.signatureNormalize(rs).getSecond()) {
        return new byte[0]; // high-s
      }
    } catch (Secp256k1Exception e) {
      return new byte[0];
    }
    return recoverOrEmpty(rs, digest.toArray(), signature.recoveryId());
  }

  @Override
  public SchnorrSignature signSchnorr(Hash32 message, SecretKey key, Hash32 auxiliary) {
    return new SchnorrSignature(
        Bytes.wrap(library.signSchnorr(message.toArray(), open(key), auxiliary.toArray())));
  }

  @Override
  public boolean verifySchnorr(SchnorrSignature signature, Hash32 message, Hash32 xOnlyKey) {
    try {
      return library.verifySchnorr(
          signature.bytes().toArray(), message.toArray(), xOnlyKey.toArray());
    } catch (Secp256k1Exception e) {
      return false;
    }
  }

  @Override
  public Optional<PublicKey> tweakAdd(PublicKey key, Hash32 tweak) {
    try {
      return Optional.of(
          compress(library.pubKeyTweakAdd(key.compressed().toArray(), tweak.toArray())));
    } catch (Secp256k1Exception e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<SecretKey> tweakAdd(SecretKey key, Hash32 tweak) {
    try {
      return Optional.of(
          SecretKey.of(Bytes.wrap(library.privKeyTweakAdd(open(key).clone(), tweak.toArray()))));
    } catch (Secp256k1Exception e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<PublicKey> add(PublicKey one, PublicKey other) {
    try {
      byte[][] points = {one.compressed().toArray(), other.compressed().toArray()};
      return Optional.of(compress(library.pubKeyCombine(points)));
    } catch (Secp256k1Exception e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<PublicKey> multiply(PublicKey key, Hash32 scalar) {
    try {
      return Optional.of(
          compress(library.pubKeyTweakMul(key.compressed().toArray(), scalar.toArray())));
    } catch (Secp256k1Exception e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<SecretKey> add(SecretKey one, SecretKey other) {
    try {
      return Optional.of(
          SecretKey.take(library.privKeyTweakAdd(open(one).clone(), open(other).clone())));
    } catch (Secp256k1Exception e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<SecretKey> multiply(SecretKey key, Hash32 factor) {
    try {
      return Optional.of(
          SecretKey.take(library.privKeyTweakMul(open(key).clone(), factor.toArray())));
    } catch (Secp256k1Exception e) {
      return Optional.empty();
    }
  }

  @Override
  public SecretKey negate(SecretKey key) {
    return SecretKey.take(library.privKeyNegate(open(key).clone()));
  }

  private static byte[] open(SecretKey key) {
    byte[] scalar = key.scalar();
    for (byte each : scalar) {
      if (each != 0) {
        return scalar;
      }
    }
    throw new IllegalStateException("the secret key is closed");
  }

  private byte[] recoverOrEmpty(byte[] rs, byte[] message, int recoveryId) {
    try {
      return library.ecdsaRecover(rs, message, recoveryId);
    } catch (Secp256k1Exception e) {
      return new byte[0];
    }
  }

  private PublicKey compress(byte[] uncompressed) {
    return new PublicKey(Bytes.wrap(library.pubKeyCompress(uncompressed)));
  }
}
