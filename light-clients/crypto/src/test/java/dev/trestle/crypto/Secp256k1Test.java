package dev.trestle.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.musig.KeyAggregate;
import dev.trestle.crypto.musig.Musig2;
import dev.trestle.crypto.musig.PublicNonce;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both implementations under the same vectors and against each other. */
class Secp256k1Test {
  private static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final Secp256k1 NATIVE = new NativeSecp256k1(fr.acinq.secp256k1.Secp256k1.get());
  private static final Secp256k1 JAVA = new BouncyCastleSecp256k1();

  static Stream<Secp256k1> both() {
    return Stream.of(NATIVE, JAVA);
  }

  @ParameterizedTest
  @MethodSource("both")
  void bip340Vectors(Secp256k1 curve) throws IOException {
    int checked = 0;
    for (String[] row : bip340()) {
      checked++;
      Hash32 publicKey = Hash32.fromHex(row[2]);
      Bytes message = Bytes.fromHex(row[4]);
      SchnorrSignature expected = new SchnorrSignature(Bytes.fromHex(row[5]));
      assertThat(curve.verifySchnorr(expected, message, publicKey))
          .as("row %s", row[0])
          .isEqualTo(row[6].equals("TRUE"));
      assertThat(Bip340.verify(curve, expected, message, publicKey))
          .as("row %s without the library", row[0])
          .isEqualTo(row[6].equals("TRUE"));
      if (!row[1].isEmpty()) {
        SecretKey secret = SecretKey.of(Bytes.fromHex(row[1]));
        assertThat(curve.publicKey(secret).xOnly()).isEqualTo(publicKey);
        Hash32 auxiliary = Hash32.fromHex(row[3]);
        assertThat(curve.signSchnorr(message, secret, auxiliary)).isEqualTo(expected);
        assertThat(Bip340.sign(curve, message, secret, auxiliary)).isEqualTo(expected);
      }
    }
    assertThat(checked).isEqualTo(19);
  }

  /** RFC 6979 on secp256k1: a known answer that Bitcoin and Ethereum wallets share. */
  @ParameterizedTest
  @MethodSource("both")
  void ecdsaKnownAnswer(Secp256k1 curve) {
    EcdsaSignature signature =
        curve.signEcdsa(Digests.sha256(Bytes.utf8("Satoshi Nakamoto")), secret(BigInteger.ONE));
    assertThat(signature.rs().toHex())
        .isEqualTo(
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
                + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
    assertThat(curve.toDer(signature).toHex())
        .isEqualTo(
            "3045022100934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
                + "02202442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
  }

  @Test
  void bothAgreeOnRandomInputs() {
    long seed = 0x5ec9256aL;
    System.out.println("Secp256k1Test seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 150; i++) {
      SecretKey key = SecretKey.derive(random32(random).bytes(), "test");
      Hash32 digest = random32(random);
      Hash32 auxiliary = random32(random);
      PublicKey publicKey = NATIVE.publicKey(key);
      assertThat(JAVA.publicKey(key)).isEqualTo(publicKey);
      assertThat(JAVA.uncompress(publicKey)).isEqualTo(NATIVE.uncompress(publicKey));

      EcdsaSignature ecdsa = NATIVE.signEcdsa(digest, key);
      assertThat(JAVA.signEcdsa(digest, key)).isEqualTo(ecdsa);
      SchnorrSignature schnorr = NATIVE.signSchnorr(digest, key, auxiliary);
      assertThat(JAVA.signSchnorr(digest, key, auxiliary)).isEqualTo(schnorr);
      assertThat(NATIVE.tweakAdd(publicKey, digest)).isEqualTo(JAVA.tweakAdd(publicKey, digest));
      assertThat(NATIVE.tweakAdd(key, digest).map(NATIVE::publicKey))
          .isEqualTo(JAVA.tweakAdd(key, digest).map(JAVA::publicKey))
          .isEqualTo(NATIVE.tweakAdd(publicKey, digest));

      Hash32 factor = random32(random);
      assertThat(NATIVE.multiply(publicKey, factor)).isEqualTo(JAVA.multiply(publicKey, factor));
      assertThat(NATIVE.multiply(key, factor).map(NATIVE::publicKey))
          .isEqualTo(JAVA.multiply(key, factor).map(JAVA::publicKey))
          .isEqualTo(JAVA.multiply(publicKey, factor));
      SecretKey second = SecretKey.derive(factor.bytes(), "second");
      PublicKey sum = NATIVE.add(publicKey, second.publicKey()).orElseThrow();
      assertThat(JAVA.add(publicKey, second.publicKey())).contains(sum);
      assertThat(NATIVE.add(key, second).map(NATIVE::publicKey)).contains(sum);
      assertThat(JAVA.add(key, second).map(NATIVE::publicKey)).contains(sum);
      assertThat(NATIVE.publicKey(NATIVE.negate(key)))
          .isEqualTo(JAVA.publicKey(JAVA.negate(key)))
          .isEqualTo(publicKey.negate());

      both()
          .forEach(
              curve -> {
                assertThat(curve.verifyEcdsa(ecdsa, digest, publicKey)).isTrue();
                assertThat(curve.recover(ecdsa, digest)).contains(publicKey);
                assertThat(curve.recoverAddress(ecdsa, digest)).contains(publicKey.evmAddress());
                assertThat(curve.verifySchnorr(schnorr, digest, publicKey.xOnly())).isTrue();
                assertThat(curve.verifyEcdsa(ecdsa, auxiliary, publicKey)).isFalse();
                assertThat(curve.verifySchnorr(schnorr, auxiliary, publicKey.xOnly())).isFalse();
              });
      agreeOnMutants(random, ecdsa, schnorr, digest, publicKey);
    }
  }

  private static void agreeOnMutants(
      Random random, EcdsaSignature ecdsa, SchnorrSignature schnorr, Hash32 digest, PublicKey key) {
    for (int i = 0; i < 10; i++) {
      int bit = random.nextInt(512);
      EcdsaSignature mutant = new EcdsaSignature(flip(ecdsa.bytes(), bit));
      boolean sameRs = bit == 256; // only the parity bit: verification without recovery ignores it
      assertThat(NATIVE.verifyEcdsa(mutant, digest, key))
          .isEqualTo(JAVA.verifyEcdsa(mutant, digest, key))
          .isEqualTo(sameRs);
      assertThat(NATIVE.recover(mutant, digest))
          .isEqualTo(JAVA.recover(mutant, digest))
          .isNotEqualTo(Optional.of(key));
      assertThat(NATIVE.recoverAddress(mutant, digest))
          .isEqualTo(JAVA.recover(mutant, digest).map(PublicKey::evmAddress));
      SchnorrSignature other = new SchnorrSignature(flip(schnorr.bytes(), bit));
      assertThat(NATIVE.verifySchnorr(other, digest, key.xOnly())).isFalse();
      assertThat(JAVA.verifySchnorr(other, digest, key.xOnly())).isFalse();
    }
    Bytes maybeKey = flip(key.compressed(), random.nextInt(264));
    assertThat(NATIVE.isPublicKey(maybeKey)).isEqualTo(JAVA.isPublicKey(maybeKey));
  }

  @ParameterizedTest
  @MethodSource("both")
  void signaturesOutOfRangeAreRefused(Secp256k1 curve) {
    SecretKey key = secret(BigInteger.TEN);
    PublicKey publicKey = curve.publicKey(key);
    Hash32 digest = Digests.sha256(Bytes.utf8("range"));
    EcdsaSignature good = curve.signEcdsa(digest, key);
    Bytes r = good.rs().slice(0, 32);
    Bytes s = good.rs().slice(32, 64);
    Bytes zero = Hash32.ZERO.bytes();
    // The lowest high s is the only sort of high s that the form can hold.
    Bytes highS = word(N.shiftRight(1).add(BigInteger.ONE));
    for (Bytes bad :
        List.of(
            Bytes.concat(zero, s),
            Bytes.concat(r, zero),
            Bytes.concat(zero, zero),
            Bytes.concat(word(N), s),
            Bytes.concat(word(N.add(BigInteger.ONE)), s),
            Bytes.concat(Bytes.fromHex("ff".repeat(32)), s),
            Bytes.concat(r, highS),
            Bytes.concat(r, Bytes.fromHex("7f" + "ff".repeat(31))))) {
      EcdsaSignature signature = new EcdsaSignature(bad);
      assertThat(curve.verifyEcdsa(signature, digest, publicKey)).as("%s", bad).isFalse();
      assertThat(curve.recover(signature, digest)).as("%s", bad).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void recoveryToThePointAtInfinityIsRefused(Secp256k1 curve) {
    // sR = eG: with R = kG choose s = e / k, so that the recovered key would be infinity.
    BigInteger k = BigInteger.valueOf(12345);
    Hash32 digest = Digests.sha256(Bytes.utf8("infinity"));
    PublicKey commitment = curve.publicKey(secret(k));
    BigInteger s = new BigInteger(1, digest.toArray()).multiply(k.modInverse(N)).mod(N);
    boolean odd = !commitment.hasEvenY();
    if (s.compareTo(N.shiftRight(1)) > 0) {
      s = N.subtract(s);
      odd = !odd;
    }
    byte[] raw = Bytes.concat(commitment.xOnly().bytes(), word(s)).toArray();
    raw[32] |= (byte) (odd ? 0x80 : 0);
    assertThat(curve.recover(new EcdsaSignature(Bytes.wrap(raw)), digest)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("both")
  void tweaksAtTheEdges(Secp256k1 curve) {
    SecretKey key = secret(BigInteger.valueOf(5));
    PublicKey publicKey = curve.publicKey(key);
    Hash32 negated = new Hash32(word(N.subtract(BigInteger.valueOf(5))));
    assertThat(curve.tweakAdd(key, negated)).isEmpty();
    assertThat(curve.tweakAdd(publicKey, negated)).isEmpty();
    assertThat(curve.tweakAdd(key, new Hash32(word(N)))).isEmpty();
    assertThat(curve.tweakAdd(publicKey, new Hash32(word(N)))).isEmpty();
    assertThat(curve.add(publicKey, publicKey.negate())).isEmpty();
    assertThat(curve.add(key, curve.negate(key))).isEmpty();
    assertThat(curve.add(publicKey, publicKey).map(PublicKey::compressed))
        .isEqualTo(
            curve.multiply(publicKey, new Hash32(word(BigInteger.TWO))).map(PublicKey::compressed));
    for (Hash32 bad : List.of(Hash32.ZERO, new Hash32(word(N)))) {
      assertThat(curve.multiply(publicKey, bad)).isEmpty();
      assertThat(curve.multiply(key, bad)).isEmpty();
    }
    assertThat(curve.tweakAdd(publicKey, Hash32.ZERO)).contains(publicKey);
    assertThat(curve.tweakAdd(key, Hash32.ZERO).map(curve::publicKey)).contains(publicKey);
  }

  @ParameterizedTest
  @MethodSource("both")
  void keysOutOfRangeAreRefused(Secp256k1 curve) {
    assertThat(curve.isSecretKey(new byte[32])).isFalse();
    assertThat(curve.isSecretKey(word(N).toArray())).isFalse();
    assertThat(curve.isSecretKey(word(N.subtract(BigInteger.ONE)).toArray())).isTrue();
    assertThat(curve.isSecretKey(new byte[31])).isFalse();
    assertThat(curve.isSecretKey(new byte[33])).isFalse();
    PublicKey g = curve.publicKey(secret(BigInteger.ONE));
    Bytes uncompressed = curve.uncompress(g);
    assertThat(curve.isPublicKey(uncompressed)).isTrue();
    Bytes body = uncompressed.slice(1, 65);
    for (String prefix : List.of("00", "02", "06", "07", "05")) {
      assertThat(curve.isPublicKey(Bytes.concat(Bytes.fromHex(prefix), body))).isFalse();
    }
    for (String prefix : List.of("00", "01", "04", "05", "06")) {
      Bytes changed = Bytes.concat(Bytes.fromHex(prefix), g.xOnly().bytes());
      assertThat(curve.isPublicKey(changed)).isFalse();
    }
    assertThat(curve.isPublicKey(Bytes.EMPTY)).isFalse();
    assertThat(curve.isPublicKey(Bytes.fromHex("00"))).isFalse();
    assertThat(curve.isPublicKey(Bytes.fromHex("02" + "ff".repeat(32)))).isFalse(); // x >= p
    assertThat(curve.isPublicKey(Bytes.fromHex("02" + "00".repeat(31) + "05"))).isFalse();
    assertThat(curve.isPublicKey(flip(uncompressed, 519))).isFalse(); // off the curve
  }

  @ParameterizedTest
  @MethodSource("both")
  void aClosedKeySignsNothing(Secp256k1 curve) {
    SecretKey key = secret(BigInteger.TWO);
    key.close();
    assertThatThrownBy(() -> curve.signEcdsa(Hash32.ZERO, key))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.signSchnorr(Hash32.ZERO, key, Hash32.ZERO))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.publicKey(key)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.tweakAdd(key, Hash32.ZERO))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.negate(key)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.add(secret(BigInteger.TEN), key))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.multiply(key, new Hash32(word(BigInteger.TWO))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.signSchnorr(Bytes.EMPTY, key, Hash32.ZERO))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theFallbackCanBeForced() throws Exception {
    assertThat(Secp256k1.instance().name()).isEqualTo("libsecp256k1");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-D" + Secp256k1Holder.PROPERTY + "=bouncycastle",
                "-cp",
                System.getProperty("java.class.path"),
                ForcedFallback.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output.strip()).isEqualTo("Bouncy Castle true " + ForcedFallback.reply());
    assertThat(process.waitFor()).isZero();
  }

  /** Run in a JVM of its own. */
  static final class ForcedFallback {
    public static void main(String[] args) {
      SecretKey key = SecretKey.derive(Bytes.utf8("seed"), "forced");
      EcdsaSignature signature = Secp256k1.instance().signEcdsa(Hash32.ZERO, key);
      boolean verified =
          Secp256k1.instance().recover(signature, Hash32.ZERO).equals(Optional.of(key.publicKey()));
      System.out.println(Secp256k1.instance().name() + " " + verified + " " + reply());
    }

    /** A share of a MuSig2 signature, which depends on nothing but this: the same on both. */
    static String reply() {
      SecretKey one = SecretKey.derive(Bytes.utf8("seed"), "one");
      SecretKey other = SecretKey.derive(Bytes.utf8("seed"), "other");
      KeyAggregate keys =
          KeyAggregate.of(List.of(one.publicKey(), other.publicKey()))
              .then(plain -> plain.tweakedXOnly(Digests.sha256(Bytes.utf8("tweak"))))
              .orThrow();
      PublicNonce asked = new PublicNonce(one.publicKey(), other.publicKey().negate());
      Musig2.Reply reply =
          Musig2.signLast(other, asked, keys, Bytes.utf8("message"), Optional.empty()).orThrow();
      return Bytes.concat(reply.nonce().bytes(), reply.share().scalar().bytes()).toHex();
    }
  }

  private static List<String[]> bip340() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    Secp256k1Test.class.getResourceAsStream("/vectors/bip340/test-vectors.csv")),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(line -> line.split(",", -1)).toList();
    }
  }

  private static SecretKey secret(BigInteger scalar) {
    return SecretKey.of(word(scalar));
  }

  private static Bytes word(BigInteger value) {
    return new dev.trestle.base.CanonicalWriter().u256(value).toBytes();
  }

  private static Hash32 random32(Random random) {
    byte[] raw = new byte[32];
    random.nextBytes(raw);
    return Hash32.wrap(raw);
  }

  /** Bit 0 is the most significant bit of the first byte. */
  private static Bytes flip(Bytes source, int bit) {
    byte[] raw = source.toArray();
    raw[bit / 8] ^= (byte) (0x80 >>> (bit % 8));
    return Bytes.wrap(raw);
  }
}
