package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HtlcCallsTest {
  private static final ChainId CHAIN = new ChainId("eip155", "1337");
  private static final AssetId COIN = AssetId.nativeCoin(CHAIN, 60);
  private static final EvmAddress CONTRACT =
      EvmAddress.fromHex("00000000000000000000000000000000000000cc");
  private static final Bytes CLAIMER = Bytes.fromHex("00000000000000000000000000000000000000c1");
  private static final Bytes REFUNDER = Bytes.fromHex("00000000000000000000000000000000000000f0");
  private static final Bytes OTHER = Bytes.fromHex("00000000000000000000000000000000000000aa");
  private static final AssetId TOKEN =
      new AssetId(CHAIN, "erc20", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
  private static final Hash32 SECRET = Digests.sha256(Bytes.utf8("secret"));
  private static final Hash32 HASH = Digests.sha256(SECRET.bytes());
  private static final HtlcTerms GOOD =
      new HtlcTerms(COIN, Amount.of(77), HASH, CLAIMER, REFUNDER, 1_800_000_000L);

  private static Verdict<HtlcCalls> check(HtlcTerms terms) {
    return HtlcCalls.of(terms, CHAIN, COIN, CONTRACT);
  }

  private static void assertRejected(ReasonCode reason, HtlcTerms terms) {
    assertThat(check(terms))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(reason));
  }

  private static HtlcTerms with(AssetId asset, Amount amount, Hash32 hash, long expiry) {
    return new HtlcTerms(asset, amount, hash, CLAIMER, REFUNDER, expiry);
  }

  private static HtlcTerms parties(AssetId asset, Bytes claimer, Bytes refunder) {
    return new HtlcTerms(asset, Amount.of(1), HASH, claimer, refunder, 1_800_000_000L);
  }

  /** Lock id and call data never change: wallets, contracts and stored swaps hold them. */
  @Test
  void goldenBytes() throws IOException {
    HtlcCalls coin = check(GOOD).orThrow();
    HtlcCalls token = check(with(TOKEN, Amount.of(77), HASH, 1_800_000_000L)).orThrow();
    String actual =
        String.join(
            "\n",
            "coin lock id " + coin.lockId(),
            "coin lock " + coin.lock().toHex(),
            "coin claim " + coin.claim(SECRET).toHex(),
            "coin refund " + coin.refund().toHex(),
            "token lock id " + token.lockId(),
            "token lock " + token.lock().toHex(),
            "");
    try (InputStream golden = getClass().getResourceAsStream("/golden/htlc-v1.txt")) {
      assertThat(golden).isNotNull();
      assertThat(actual).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void rejectsWhatTheContractWouldRefuse() {
    assertThat(check(GOOD).isAccepted()).isTrue();
    assertRejected(AdapterError.INVALID_AMOUNT, with(COIN, Amount.ZERO, HASH, 1_800_000_000L));
    assertRejected(
        AdapterError.NOT_SUPPORTED, with(COIN, Amount.of(1), Hash32.ZERO, 1_800_000_000L));
    assertRejected(AdapterError.NOT_SUPPORTED, with(COIN, Amount.of(1), HASH, 0));
    // milliseconds instead of seconds
    assertRejected(AdapterError.NOT_SUPPORTED, with(COIN, Amount.of(1), HASH, 1_800_000_000_000L));
    Bytes zero = Bytes.wrap(new byte[20]);
    for (Bytes bad :
        new Bytes[] {zero, CONTRACT.bytes(), Bytes.EMPTY, CLAIMER.slice(1, 20), HASH.bytes()}) {
      assertRejected(AdapterError.INVALID_ADDRESS, parties(COIN, bad, REFUNDER));
      assertRejected(AdapterError.INVALID_ADDRESS, parties(COIN, CLAIMER, bad));
    }
    Bytes token = Bytes.fromHex(TOKEN.reference());
    assertRejected(AdapterError.INVALID_ADDRESS, parties(TOKEN, token, REFUNDER));
  }

  @Test
  void rejectsAssetsOfOtherChainsAndKinds() {
    ChainId mainnet = new ChainId("eip155", "1");
    for (AssetId other :
        new AssetId[] {
          AssetId.nativeCoin(mainnet, 60),
          AssetId.nativeCoin(CHAIN, 0),
          new AssetId(mainnet, "erc20", TOKEN.reference()),
          new AssetId(CHAIN, "erc721", TOKEN.reference()),
          new AssetId(CHAIN, "erc20", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
          new AssetId(CHAIN, "erc20", "0x" + "0".repeat(40))
        }) {
      assertRejected(AdapterError.NOT_SUPPORTED, with(other, Amount.of(1), HASH, 1_800_000_000L));
    }
  }

  @Test
  void theIdDependsOnEveryTerm() {
    Hash32 id = check(GOOD).orThrow().lockId();
    for (HtlcTerms other :
        new HtlcTerms[] {
          with(TOKEN, GOOD.amount(), HASH, GOOD.expirySeconds()),
          with(COIN, Amount.of(78), HASH, GOOD.expirySeconds()),
          with(COIN, GOOD.amount(), SECRET, GOOD.expirySeconds()),
          with(COIN, GOOD.amount(), HASH, GOOD.expirySeconds() + 1),
          new HtlcTerms(COIN, GOOD.amount(), HASH, CLAIMER, OTHER, GOOD.expirySeconds()),
          new HtlcTerms(COIN, GOOD.amount(), HASH, OTHER, REFUNDER, GOOD.expirySeconds())
        }) {
      assertThat(check(other).orThrow().lockId()).isNotEqualTo(id);
    }
  }
}
