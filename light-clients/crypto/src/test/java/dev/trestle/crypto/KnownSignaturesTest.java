package dev.trestle.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;

class KnownSignaturesTest {
  private static final Bytes KEY = Bytes.utf8("key");
  private static final Bytes MESSAGE = Bytes.utf8("message");
  private static final Bytes SIGNATURE = Bytes.utf8("signature");

  private final AtomicInteger checks = new AtomicInteger();

  private boolean ask(
      KnownSignatures known, String scheme, Bytes key, Bytes message, Bytes signature, boolean is) {
    return known.verify(
        scheme,
        key,
        message,
        signature,
        () -> {
          checks.incrementAndGet();
          return is;
        });
  }

  @Test
  void aGoodSignatureIsCheckedOnceAndABadOneAlways() {
    KnownSignatures known = new KnownSignatures(16);
    for (int i = 0; i < 3; i++) {
      assertThat(ask(known, "bad", KEY, MESSAGE, SIGNATURE, false)).isFalse();
    }
    assertThat(checks).hasValue(3);
    for (int i = 0; i < 3; i++) {
      assertThat(ask(known, "good", KEY, MESSAGE, SIGNATURE, true)).isTrue();
    }
    assertThat(checks).hasValue(4);
  }

  @Test
  void whatDiffersInAnythingIsNotKnown() {
    KnownSignatures known = new KnownSignatures(1 << 10);
    assertThat(ask(known, "ab", Bytes.utf8("cd"), Bytes.utf8("gh"), Bytes.utf8("ef"), true))
        .isTrue();
    // The same bytes one after another, cut at other places.
    String all = "abcdefgh";
    Set<String> cuts = new HashSet<>();
    for (int a = 0; a <= 8; a++) {
      for (int b = a; b <= 8; b++) {
        for (int c = b; c <= 8; c++) {
          if (a == 2 && b == 4 && c == 6) {
            continue;
          }
          cuts.add(a + " " + b + " " + c);
          assertThat(
                  ask(
                      known,
                      all.substring(0, a),
                      Bytes.utf8(all.substring(a, b)),
                      Bytes.utf8(all.substring(c)),
                      Bytes.utf8(all.substring(b, c)),
                      false))
              .as("cut at %d, %d, %d", a, b, c)
              .isFalse();
        }
      }
    }
    assertThat(checks).hasValue(1 + cuts.size());
  }

  @Test
  void anEntryGivesWayToTheNextOfItsPlace() {
    KnownSignatures one = new KnownSignatures(1);
    assertThat(ask(one, "a", KEY, MESSAGE, SIGNATURE, true)).isTrue();
    assertThat(ask(one, "b", KEY, MESSAGE, SIGNATURE, true)).isTrue();
    assertThat(ask(one, "a", KEY, MESSAGE, SIGNATURE, false)).as("forgotten").isFalse();
    assertThat(ask(one, "b", KEY, MESSAGE, SIGNATURE, false)).as("still there").isTrue();
    assertThat(checks).hasValue(3);
    assertThatThrownBy(() -> new KnownSignatures(3)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noBitOfARememberedSignatureMayChange() {
    byte[] secret = Digests.sha256(KEY).toArray();
    byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(secret, 0, key, 0);
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(secret, 0, MESSAGE.toArray(), 0, MESSAGE.size(), signature, 0);
    Ed25519PublicKey good = Ed25519PublicKey.decode(Bytes.of(key)).orElseThrow();
    for (int round = 0; round < 2; round++) {
      assertThat(good.verify(MESSAGE, Bytes.of(signature))).isTrue();
      for (int bit = 0; bit < 8 * signature.length; bit++) {
        assertThat(good.verify(MESSAGE, flip(Bytes.of(signature), bit)))
            .as("bit %d", bit)
            .isFalse();
      }
      for (int bit = 0; bit < 8 * MESSAGE.size(); bit++) {
        assertThat(good.verify(flip(MESSAGE, bit), Bytes.of(signature)))
            .as("bit %d", bit)
            .isFalse();
      }
      for (int bit = 0; bit < 8 * key.length; bit++) {
        Bytes other = flip(Bytes.of(key), bit);
        assertThat(
                Ed25519PublicKey.decode(other)
                    .filter(each -> each.verify(MESSAGE, Bytes.of(signature))))
            .as("bit %d", bit)
            .isEmpty();
      }
    }
  }

  private static Bytes flip(Bytes source, int bit) {
    byte[] out = source.toArray();
    out[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.wrap(out);
  }
}
