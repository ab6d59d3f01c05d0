package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import org.junit.jupiter.api.Test;

class SignatureMemoTest {
  private static final SecretKey KEY = SecretKey.derive(Bytes.utf8("memo"), "key");
  private static final EvmAddress SIGNER = KEY.publicKey().evmAddress();
  private static final EvmAddress OTHER =
      SecretKey.derive(Bytes.utf8("memo"), "other").publicKey().evmAddress();

  private final SignatureMemo memo = new SignatureMemo();

  private static Hash32 digest(int number) {
    return Digests.sha256(Bytes.utf8("digest " + number));
  }

  private static EcdsaSignature sign(int number) {
    return Secp256k1.instance().signEcdsa(digest(number), KEY);
  }

  @Test
  void whatIsGoodIsRememberedAndNothingElse() {
    EcdsaSignature signature = sign(1);
    assertThat(memo.knows(signature, digest(1), SIGNER)).isFalse();
    for (int again = 0; again < 3; again++) {
      assertThat(memo.rules().signed(signature, digest(1), SIGNER)).isTrue();
      assertThat(memo.knows(signature, digest(1), SIGNER)).isTrue();
      assertThat(memo.rules().signed(signature, digest(2), SIGNER)).isFalse();
      assertThat(memo.rules().signed(signature, digest(1), OTHER)).isFalse();
      assertThat(memo.rules().signed(flipped(signature), digest(1), SIGNER)).isFalse();
    }
    assertThat(memo.knows(signature, digest(2), SIGNER)).isFalse();
    assertThat(memo.knows(signature, digest(1), OTHER)).isFalse();
    assertThat(memo.knows(flipped(signature), digest(1), SIGNER)).isFalse();
  }

  /** Only the parity bit differs: such a signature would fail in a contract. */
  private static EcdsaSignature flipped(EcdsaSignature signature) {
    byte[] bytes = signature.bytes().toArray();
    bytes[32] ^= (byte) 0x80;
    return new EcdsaSignature(Bytes.wrap(bytes));
  }

  @Test
  void theOldestIsForgotten() {
    EcdsaSignature signature = sign(1);
    for (int i = 0; i <= SignatureMemo.MAX_REMEMBERED; i++) {
      memo.own(signature, digest(i), SIGNER);
    }
    assertThat(memo.knows(signature, digest(0), SIGNER)).isFalse();
    assertThat(memo.knows(signature, digest(1), SIGNER)).isTrue();
    assertThat(memo.knows(signature, digest(SignatureMemo.MAX_REMEMBERED), SIGNER)).isTrue();
  }
}
