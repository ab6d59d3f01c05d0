package dev.trestle.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.SwapTerms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class SwapFormsTest {
  private static final Hash32 HUB = Digests.sha256(Bytes.utf8("hub"));
  private static final SecretKey MAKER = SecretKey.derive(Bytes.utf8("forms"), "maker");
  private static final SecretKey TAKER = SecretKey.derive(Bytes.utf8("forms"), "taker");

  private static final String CLAIM = "0a".repeat(33);
  private static final String REFUND = "0c".repeat(33);
  private static final String OTHER = "0d".repeat(33);
  private static final String TAKER_REFUND = "02".repeat(33);
  private static final String TAKER_CLAIM = "03".repeat(33);

  private static Api.OfferRequest offer() {
    return new Api.OfferRequest(
        "eip155:31337/slip44:60",
        "bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1",
        "2000",
        "1000",
        MAKER.publicKey().toString(),
        CLAIM,
        REFUND,
        1_800_000_000,
        "");
  }

  private static Api.SwapTerms terms() {
    return new Api.SwapTerms(
        Digests.sha256(Bytes.utf8("secret")).toHex(),
        List.of(
            new Api.SwapLegTerms(
                "bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
                "bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1",
                "1000",
                CLAIM,
                TAKER_REFUND,
                1_800_007_200),
            new Api.SwapLegTerms(
                "eip155:31337",
                "eip155:31337/slip44:60",
                "2000",
                TAKER_CLAIM,
                REFUND,
                1_800_003_600)),
        TAKER.publicKey().toString(),
        MAKER.publicKey().toString());
  }

  @Test
  void termsGoRoundTheirForms() {
    SwapTerms engine = SwapForms.toEngine(terms());
    assertThat(SwapForms.toJson(engine)).isEqualTo(terms());
    assertThat(SwapForms.toLedger(engine).first().claimer()).isEqualTo(Bytes.fromHex(CLAIM));
    assertThat(SwapForms.toLedger(engine).second().refunder()).isEqualTo(Bytes.fromHex(REFUND));
  }

  @Test
  void digestsAreGolden() throws IOException {
    Properties golden = new Properties();
    try (InputStream in = SwapFormsTest.class.getResourceAsStream("/golden/digests.properties")) {
      golden.load(new java.io.InputStreamReader(in, StandardCharsets.UTF_8));
    }
    assertThat(SwapForms.offerDigest(HUB, offer()).toHex()).isEqualTo(golden.getProperty("offer"));
    assertThat(SwapForms.agreementDigest(HUB, SwapForms.toEngine(terms())).toHex())
        .isEqualTo(golden.getProperty("agreement"));
  }

  @Test
  void everyFieldOfAnOfferIsInItsDigest() {
    Api.OfferRequest o = offer();
    Hash32 digest = SwapForms.offerDigest(HUB, o);
    List<Api.OfferRequest> others =
        List.of(
            copy(o, "eip155:1/slip44:60", o.want(), o.giveAmount(), o.wantAmount(), CLAIM, 0),
            copy(o, o.give(), "eip155:1/slip44:60", o.giveAmount(), o.wantAmount(), CLAIM, 0),
            copy(o, o.give(), o.want(), "2001", o.wantAmount(), CLAIM, 0),
            copy(o, o.give(), o.want(), o.giveAmount(), "1001", CLAIM, 0),
            copy(o, o.give(), o.want(), o.giveAmount(), o.wantAmount(), OTHER, 0),
            copy(o, o.give(), o.want(), o.giveAmount(), o.wantAmount(), CLAIM, 1));
    for (Api.OfferRequest other : others) {
      assertThat(SwapForms.offerDigest(HUB, other)).as("%s", other).isNotEqualTo(digest);
    }
    assertThat(SwapForms.offerDigest(Hash32.ZERO, o)).as("another hub").isNotEqualTo(digest);
    assertThat(copy(o, o.give(), o.want(), o.giveAmount(), o.wantAmount(), CLAIM, 0))
        .as("the copy itself changes nothing")
        .isEqualTo(o);
  }

  private static Api.OfferRequest copy(
      Api.OfferRequest o,
      String give,
      String want,
      String giveAmount,
      String wantAmount,
      String claim,
      long later) {
    return new Api.OfferRequest(
        give,
        want,
        giveAmount,
        wantAmount,
        o.makerKey(),
        claim,
        o.makerRefundKey(),
        o.expiresAt() + later,
        o.signature());
  }

  @Test
  void signaturesAreChecked() {
    Hash32 digest = SwapForms.offerDigest(HUB, offer());
    String signature = Secp256k1.instance().signEcdsa(digest, MAKER).bytes().toHex();
    assertThat(SwapForms.isSigned(digest, signature, MAKER.publicKey())).isTrue();
    assertThat(SwapForms.isSigned(digest, signature, TAKER.publicKey())).isFalse();
    assertThat(SwapForms.isSigned(HUB, signature, MAKER.publicKey())).isFalse();
  }

  @Test
  void anAssetOfAnotherChainIsRefused() {
    Api.SwapTerms good = terms();
    Api.SwapLegTerms leg = good.legs().get(0);
    Api.SwapTerms bad =
        new Api.SwapTerms(
            good.hash(),
            List.of(
                new Api.SwapLegTerms(
                    "eip155:1", leg.asset(), leg.amount(), leg.claimer(), leg.refunder(), 9),
                good.legs().get(1)),
            good.initiatorKey(),
            good.participantKey());
    assertThatThrownBy(() -> SwapForms.toEngine(bad)).isInstanceOf(IllegalArgumentException.class);
    Api.SwapTerms one =
        new Api.SwapTerms(good.hash(), List.of(leg), good.initiatorKey(), good.participantKey());
    assertThatThrownBy(() -> SwapForms.toEngine(one)).isInstanceOf(IllegalArgumentException.class);
  }
}
