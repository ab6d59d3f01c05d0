package dev.trestle.dist.refusal;

import dev.trestle.adapter.HtlcPort;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.htlc.SwapLeg;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.relay.ledger.tx.TransactionBody.AgreeSwap;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.SwapForms;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Maker and taker of one swap of bitcoin for ether, who sign whatever they are told to. */
final class Trade {
  /** Wei. */
  static final String GIVE = "500000000000000000";

  /** Every trade is for another amount of satoshi: a quote on it is on its own offer. */
  private static final AtomicInteger NEXT_AMOUNT = new AtomicInteger(1_000_000);

  private final Scene scene;
  private final String name;
  private final String want = Integer.toString(NEXT_AMOUNT.incrementAndGet());

  Trade(Scene scene, String name) {
    this.scene = scene;
    this.name = name;
  }

  private SecretKey key(String purpose) {
    return scene.key(name + "/" + purpose);
  }

  private Bytes partyKey(ChainId chain, String purpose) {
    HtlcPort port = scene.chain(chain).htlc().orElseThrow();
    return port.partyKey(key(purpose));
  }

  private Hash32 hubId() {
    return scene.network().genesis().chainId();
  }

  private static String sign(Hash32 digest, SecretKey key) {
    return Secp256k1.instance().signEcdsa(digest, key).bytes().toHex();
  }

  Api.OfferRequest offer() {
    return offer(want, GIVE);
  }

  Api.OfferRequest offer(String want, String give) {
    return offer(want, give, partyKey(Devnet.BITCOIN, "maker claim").toHex());
  }

  Api.OfferRequest offer(String want, String give, String claimKey) {
    Api.OfferRequest unsigned =
        new Api.OfferRequest(
            Devnet.ETH.toString(),
            Devnet.BTC.toString(),
            give,
            want,
            key("maker").publicKey().toString(),
            claimKey,
            partyKey(Devnet.EVM, "maker refund").toHex(),
            TimeSource.system().nowSeconds() + 600,
            "00");
    return signed(unsigned);
  }

  /** Amounts that the digest has no form for are signed over as if they were the usual ones. */
  private Api.OfferRequest signed(Api.OfferRequest offer) {
    Hash32 digest;
    try {
      digest = SwapForms.offerDigest(hubId(), offer);
    } catch (IllegalArgumentException | ArithmeticException e) {
      digest = Digests.sha256();
    }
    return new Api.OfferRequest(
        offer.give(),
        offer.want(),
        offer.giveAmount(),
        offer.wantAmount(),
        offer.makerKey(),
        offer.makerClaimKey(),
        offer.makerRefundKey(),
        offer.expiresAt(),
        sign(digest, key("maker")));
  }

  /** Satoshi. */
  String want() {
    return want;
  }

  Api.QuoteRequest quoteRequest() {
    return new Api.QuoteRequest("swap", Devnet.BTC.toString(), Devnet.ETH.toString(), want);
  }

  Api.Quote quote() {
    return scene.rest().post("/v1/quotes", quoteRequest()).accepted(201).as(Api.Quote.class);
  }

  SwapTerms terms(Api.Quote quote) {
    return SwapForms.terms(
        quote,
        Digests.sha256(Bytes.utf8(name)),
        key("taker").publicKey(),
        partyKey(Devnet.BITCOIN, "taker refund"),
        partyKey(Devnet.EVM, "taker claim"));
  }

  /** The same terms with other expiries. */
  static SwapTerms with(SwapTerms terms, long first, long second) {
    return new SwapTerms(
        terms.hash(),
        List.of(expiring(terms.legs().get(0), first), expiring(terms.legs().get(1), second)),
        terms.parties());
  }

  private static SwapLeg expiring(SwapLeg leg, long expiry) {
    return new SwapLeg(
        leg.chain(), leg.asset(), leg.amount(), leg.claimer(), leg.refunder(), expiry);
  }

  Hash32 id(SwapTerms terms) {
    return SwapForms.agreementDigest(hubId(), terms);
  }

  Rest.Answer propose(Api.Quote quote, SwapTerms terms) {
    return scene
        .rest()
        .post(
            "/v1/swaps",
            new Api.SwapRequest(quote.id(), SwapForms.toJson(terms), sign(id(terms), key("taker"))),
            "Idempotency-Key",
            id(terms).toHex());
  }

  Rest.Answer accept(SwapTerms terms) {
    return scene
        .rest()
        .post(
            "/v1/swaps/" + id(terms).toHex() + "/accept",
            new Api.SwapAcceptance(sign(id(terms), key("maker"))));
  }

  /** The agreement as a relay transaction, past every gateway. */
  AgreeSwap agreement(SwapTerms terms) {
    Secp256k1 curve = Secp256k1.instance();
    EcdsaSignature taker = curve.signEcdsa(id(terms), key("taker"));
    EcdsaSignature maker = curve.signEcdsa(id(terms), key("maker"));
    return new AgreeSwap(
        SwapForms.toLedger(terms), terms.initiatorKey(), terms.participantKey(), taker, maker);
  }
}
