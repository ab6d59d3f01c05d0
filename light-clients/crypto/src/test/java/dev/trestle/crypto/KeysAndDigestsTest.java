package dev.trestle.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class KeysAndDigestsTest {
  private static final Bytes ABC = Bytes.utf8("abc");
  private static final String N =
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

  @Test
  void digestsOfKnownInputs() {
    assertThat(Digests.sha256(ABC).toHex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Digests.sha256().toHex())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Digests.sha256d(Bytes.utf8("hello")).toHex())
        .isEqualTo("9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
    assertThat(Digests.keccak256().toHex())
        .isEqualTo("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assertThat(Digests.keccak256(ABC).toHex())
        .isEqualTo("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    assertThat(Digests.ripemd160(ABC).toHex())
        .isEqualTo("8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    // hash160 of the compressed generator: the key hash of BIP-173's example address
    assertThat(Digests.hash160(generator().compressed()).toHex())
        .isEqualTo("751e76e8199196d454941c45d1b3a323f1433bd6");
    // The challenge tag's prefix of BIP-340, as contracts hard-code it.
    Bytes tag = Digests.sha256(Bytes.utf8("BIP0340/challenge")).bytes();
    assertThat(tag.toHex())
        .isEqualTo("7bb52d7a9fef58323eb1bf7a407db382d2f3f2d81bb1224f49fe518f6d48d37c");
    assertThat(Digests.tagged("BIP0340/challenge", ABC)).isEqualTo(Digests.sha256(tag, tag, ABC));
  }

  @Test
  void partsAreConcatenated() {
    Bytes a = Bytes.utf8("a");
    Bytes bc = Bytes.utf8("bc");
    assertThat(Digests.sha256(a, bc)).isEqualTo(Digests.sha256(ABC));
    assertThat(Digests.keccak256(a, bc)).isEqualTo(Digests.keccak256(ABC));
    assertThat(Digests.sha256d(a, bc)).isEqualTo(Digests.sha256d(ABC));
  }

  @Test
  void addressOfTheGenerator() {
    assertThat(generator().evmAddress()).hasToString("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    assertThat(generator().hasEvenY()).isTrue();
  }

  @Test
  void addressesAreReadWithTheirChecksum() {
    // the examples of EIP-55
    for (String good :
        List.of(
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77")) {
      assertThat(EvmAddress.parse(good).checksummed()).isEqualTo(good);
      assertThat(EvmAddress.parse(good.toLowerCase(Locale.ROOT)).checksummed()).isEqualTo(good);
    }
    for (String bad :
        List.of(
            "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            "0x" + "00".repeat(20),
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "")) {
      assertThatThrownBy(() -> EvmAddress.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void secretKeysOutOfRangeAreRefused() {
    for (String bad : List.of("00".repeat(32), N, "ff".repeat(32), "01", "01".repeat(33))) {
      assertThatThrownBy(() -> SecretKey.of(Bytes.fromHex(bad)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    SecretKey largest = SecretKey.of(Bytes.fromHex(N.substring(0, 63) + "0"));
    assertThat(largest.publicKey().xOnly()).isEqualTo(generator().xOnly());
    assertThat(largest.publicKey().hasEvenY()).isFalse();
  }

  @Test
  void secretsAreNotPrintedAndDifferByPath() {
    SecretKey key = SecretKey.derive(Bytes.utf8("seed"), "a");
    assertThat(key.toString()).doesNotContain(key.exposeForStorage().toHex().substring(0, 8));
    assertThat(SecretKey.derive(Bytes.utf8("seed"), "a").publicKey()).isEqualTo(key.publicKey());
    assertThat(SecretKey.derive(Bytes.utf8("seed"), "b").publicKey()).isNotEqualTo(key.publicKey());
    assertThat(SecretKey.derive(Bytes.utf8("Seed"), "a").publicKey()).isNotEqualTo(key.publicKey());
  }

  @Test
  void publicKeysAndSignaturesOfAnotherFormAreRefused() {
    Bytes uncompressed = Secp256k1.instance().uncompress(generator());
    for (Bytes bad :
        List.of(Bytes.EMPTY, uncompressed, Bytes.wrap(new byte[33]), generator().xOnly().bytes())) {
      assertThatThrownBy(() -> new PublicKey(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    for (int size : new int[] {0, 63, 65}) {
      Bytes bad = Bytes.wrap(new byte[size]);
      assertThatThrownBy(() -> new EcdsaSignature(bad))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new SchnorrSignature(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void domainTagsHaveOneGrammar() {
    assertThat(DomainTag.of("relay", "commit", 1).hash())
        .isEqualTo(Digests.keccak256(Bytes.utf8("TRESTLE/relay/commit/v1")));
    for (String bad : List.of("", "relay", "TRESTLE/relay/commit/v", "TRESTLE/Relay/commit/v1")) {
      assertThatThrownBy(() -> new DomainTag(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Hash32.ZERO.isZero()).isTrue();
  }

  private static PublicKey generator() {
    return SecretKey.of(Bytes.fromHex("00".repeat(31) + "01")).publicKey();
  }

  /** Every length around a block of the sponge, against the library. */
  @Test
  void keccakIsTheLibrarys() {
    java.util.Random random = new java.util.Random(7);
    for (int size = 0; size < 600; size++) {
      byte[] input = new byte[size];
      random.nextBytes(input);
      org.bouncycastle.crypto.digests.KeccakDigest library =
          new org.bouncycastle.crypto.digests.KeccakDigest(256);
      library.update(input, 0, size);
      byte[] expected = new byte[32];
      library.doFinal(expected, 0);
      int cut = size == 0 ? 0 : random.nextInt(size);
      Bytes all = Bytes.of(input);
      assertThat(Digests.keccak256(all.slice(0, cut), all.slice(cut, size)))
          .as("%d bytes", size)
          .isEqualTo(Hash32.wrap(expected));
    }
  }

  /** What was refused once is refused again, also where another key was remembered. */
  @Test
  void onlyKeysAreRememberedAsKeys() {
    for (int i = 0; i < 2_000; i++) {
      byte[] encoded = Digests.sha256(Bytes.utf8("x " + i)).toArray();
      Bytes candidate = Bytes.concat(Bytes.of(new byte[] {2}), Bytes.wrap(encoded));
      boolean isKey = Secp256k1.instance().isPublicKey(candidate);
      for (int again = 0; again < 3; again++) {
        if (isKey) {
          assertThat(new PublicKey(candidate).compressed()).isEqualTo(candidate);
        } else {
          assertThatThrownBy(() -> new PublicKey(candidate))
              .isInstanceOf(IllegalArgumentException.class);
        }
      }
    }
  }
}
