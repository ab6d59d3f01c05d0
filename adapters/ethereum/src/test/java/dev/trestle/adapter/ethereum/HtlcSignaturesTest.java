package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class HtlcSignaturesTest {
  private static final EvmAddress CONTRACT =
      EvmAddress.fromHex("00000000000000000000000000000000000000cc");
  private static final EvmAddress OTHER =
      EvmAddress.fromHex("00000000000000000000000000000000000000cd");
  private static final SecretKey CLAIMER = SecretKey.derive(Bytes.utf8("signatures"), "claimer");
  private static final Hash32 KEY = Digests.sha256(Bytes.utf8("a lock"));
  private static final HtlcSignatures HERE = new HtlcSignatures(1337, CONTRACT);

  /** For one lock of one contract on one chain, by the claimer. */
  @Test
  void aRefundIsAgreedToForOneLock() {
    EvmAddress claimer = TransactionSigner.addressOf(CLAIMER);
    EcdsaSignature agreed = HERE.refund(KEY, CLAIMER);
    assertThat(HERE.isRefundOf(KEY, claimer, agreed)).isTrue();
    assertThat(new HtlcSignatures(1338, CONTRACT).isRefundOf(KEY, claimer, agreed)).isFalse();
    assertThat(new HtlcSignatures(1337, OTHER).isRefundOf(KEY, claimer, agreed)).isFalse();
    assertThat(HERE.isRefundOf(Digests.sha256(KEY.bytes()), claimer, agreed)).isFalse();
    assertThat(HERE.isRefundOf(KEY, OTHER, agreed)).isFalse();
  }

  /** A claim that pays elsewhere says nothing about a refund. */
  @Test
  void aClaimIsNoRefund() {
    HtlcSignatures.Redirection claim =
        new HtlcSignatures.Redirection(OTHER, BigInteger.ONE, OTHER, 1_800_000_000L);
    HtlcSignatures.Signed signed = HERE.redirect(KEY, claim, CLAIMER);
    assertThat(HERE.isRefundOf(KEY, TransactionSigner.addressOf(CLAIMER), signed.signature()))
        .isFalse();
    List<HtlcSignatures.Redirection> others =
        List.of(
            new HtlcSignatures.Redirection(CONTRACT, BigInteger.ONE, OTHER, 1_800_000_000L),
            new HtlcSignatures.Redirection(OTHER, BigInteger.TWO, OTHER, 1_800_000_000L),
            new HtlcSignatures.Redirection(OTHER, BigInteger.ONE, CONTRACT, 1_800_000_000L),
            new HtlcSignatures.Redirection(OTHER, BigInteger.ONE, OTHER, 1_800_000_001L));
    for (HtlcSignatures.Redirection other : others) {
      // signatures are deterministic (RFC 6979): another one signs another digest
      assertThat(HERE.redirect(KEY, other, CLAIMER).signature()).isNotEqualTo(signed.signature());
    }
    assertThat(HERE.redirect(KEY, claim, CLAIMER).signature()).isEqualTo(signed.signature());
  }
}
