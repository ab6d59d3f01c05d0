package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import org.junit.jupiter.api.Test;

/** Which terms a lock can be made of. */
class HtlcTermsTest {
  private static final UtxoNetwork NETWORK = UtxoNetwork.LITECOIN_REGTEST;
  private static final AssetId COIN = NETWORK.coin();
  private static final Hash32 HASH = Digests.sha256(Bytes.utf8("x"));
  private static final Bytes CLAIMER = RegtestChain.key("bob").publicKey().compressed();
  private static final Bytes REFUNDER = RegtestChain.key("alice").publicKey().compressed();

  private static HtlcTerms terms(AssetId asset, long satoshi, Bytes claimer, long expiry) {
    return new HtlcTerms(asset, Amount.of(satoshi), HASH, claimer, REFUNDER, expiry);
  }

  private static void rejected(AdapterError why, HtlcTerms terms) {
    assertThat(HtlcScript.of(terms, NETWORK))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(why));
  }

  @Test
  void acceptsTheEdges() {
    assertThat(HtlcScript.of(terms(COIN, 50_000, CLAIMER, 500_000_000L), NETWORK).isAccepted())
        .isTrue();
    assertThat(
            HtlcScript.of(terms(COIN, 84_000_000L * 100_000_000L, CLAIMER, 0x7fff_ffffL), NETWORK)
                .isAccepted())
        .isTrue();
  }

  @Test
  void rejectsWhatTheChainCannotExpress() {
    rejected(
        AdapterError.NOT_SUPPORTED,
        terms(UtxoNetwork.BITCOIN_REGTEST.coin(), 100_000, CLAIMER, 1_900_000_000L));
    rejected(AdapterError.INVALID_AMOUNT, terms(COIN, 49_999, CLAIMER, 1_900_000_000L));
    rejected(
        AdapterError.INVALID_AMOUNT,
        terms(COIN, 84_000_000L * 100_000_000L + 1, CLAIMER, 1_900_000_000L));
    rejected(AdapterError.NOT_SUPPORTED, terms(COIN, 100_000, CLAIMER, 499_999_999L));
    rejected(AdapterError.NOT_SUPPORTED, terms(COIN, 100_000, CLAIMER, 0x8000_0000L));
    rejected(AdapterError.INVALID_ADDRESS, terms(COIN, 100_000, REFUNDER, 1_900_000_000L));
    rejected(
        AdapterError.INVALID_ADDRESS, terms(COIN, 100_000, CLAIMER.slice(0, 32), 1_900_000_000L));
    rejected(
        AdapterError.INVALID_ADDRESS,
        terms(COIN, 100_000, Bytes.wrap(new byte[33]), 1_900_000_000L));
    rejected(
        AdapterError.INVALID_ADDRESS,
        new HtlcTerms(COIN, Amount.of(100_000), Hash32.ZERO, CLAIMER, REFUNDER, 1_900_000_000L));
  }
}
