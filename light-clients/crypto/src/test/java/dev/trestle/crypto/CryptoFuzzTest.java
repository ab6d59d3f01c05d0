package dev.trestle.crypto;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.x509.CertificatePath;
import dev.trestle.crypto.x509.CertificatePath.Authorities;
import dev.trestle.crypto.x509.Pem;
import dev.trestle.crypto.x509.RevocationList;
import dev.trestle.crypto.x509.SignatureAlgorithm;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.crypto.x509.X509PublicKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keys, signatures and certificates: an answer or a {@link DecodeException}, and the native
 * secp256k1 says what the one in Java says. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class CryptoFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final Secp256k1 NATIVE = new NativeSecp256k1(fr.acinq.secp256k1.Secp256k1.get());
  private static final Secp256k1 JAVA = new BouncyCastleSecp256k1();
  private static final Hash32 MESSAGE = Digests.sha256(Bytes.utf8("fuzz"));
  private static final int MAX_SIZE = 100_000;

  private static <T> Optional<T> decoded(Supplier<T> decoder) {
    try {
      return Optional.of(decoder.get());
    } catch (DecodeException | IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  private static void same(String what, Object one, Object other) {
    if (!one.equals(other)) {
      throw new AssertionError(what + ": " + one + " and " + other);
    }
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void keys(byte[] data) {
    Bytes input = Bytes.of(data);
    same("a point", NATIVE.isPublicKey(input), JAVA.isPublicKey(input));
    decoded(() -> new PublicKey(input))
        .ifPresent(
            key -> {
              same("uncompressed", NATIVE.uncompress(key), JAVA.uncompress(key));
              key.evmAddress();
            });
    BlsPublicKey.decode(input).ifPresent(key -> same("a key", input, key.compressed()));
    Bls12381.isSignature(input);
    Ed25519PublicKey.decode(input).ifPresent(key -> key.verify(input, input));
    decoded(() -> EvmAddress.parse(new String(data, StandardCharsets.UTF_8)));
  }

  /** A signature of 64 bytes, and a key: both curves verify and recover alike. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void signatures(byte[] data) {
    Bytes input = Bytes.of(data);
    if (input.size() < EcdsaSignature.SIZE) {
      return;
    }
    Bytes head = input.slice(0, EcdsaSignature.SIZE);
    EcdsaSignature signature = new EcdsaSignature(head);
    Optional<PublicKey> recovered = NATIVE.recover(signature, MESSAGE);
    same("recovered", recovered, JAVA.recover(signature, MESSAGE));
    recovered.ifPresent(
        key -> {
          same("recovered key", true, NATIVE.verifyEcdsa(signature, MESSAGE, key));
          same("recovered key", true, JAVA.verifyEcdsa(signature, MESSAGE, key));
        });
    EcdsaSignature.normalized(head, 0);
    if (input.size() == EcdsaSignature.SIZE + Hash32.SIZE) {
      Hash32 key = new Hash32(input.slice(EcdsaSignature.SIZE, input.size()));
      SchnorrSignature schnorr = new SchnorrSignature(head);
      same(
          "BIP-340",
          NATIVE.verifySchnorr(schnorr, MESSAGE, key),
          JAVA.verifySchnorr(schnorr, MESSAGE, key));
    }
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void certificates(byte[] data) {
    Bytes input = Bytes.of(data);
    decoded(() -> Pem.decode(input, "CERTIFICATE", MAX_SIZE));
    Optional<RevocationList> revoked = decoded(() -> RevocationList.decode(input));
    decoded(() -> X509PublicKey.decode(input))
        .ifPresent(
            key -> {
              for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
                key.verify(algorithm, input, input);
              }
            });
    decoded(() -> X509Certificate.decode(input))
        .ifPresent(
            certificate -> {
              Authorities itself =
                  new Authorities(
                      List.of(certificate), List.of(certificate), revoked.stream().toList());
              CertificatePath.validate(certificate, itself, 1_700_000_000L, () -> true);
            });
  }
}
