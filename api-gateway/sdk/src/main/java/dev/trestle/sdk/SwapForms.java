package dev.trestle.sdk;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.htlc.SwapLeg;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.relay.ledger.tx.Approvals;
import java.util.List;

/**
 * The three forms of swap terms (JSON, swap engine, ledger) and the digests that parties sign.
 * Methods that read JSON throw {@link IllegalArgumentException} for malformed fields.
 */
public final class SwapForms {
  private static final DomainTag OFFER = DomainTag.of("gateway", "offer", 1);

  private SwapForms() {}

  /** JSON to engine. */
  public static SwapTerms toEngine(Api.SwapTerms json) {
    requireTwo(json.legs().size());
    return SwapTerms.of(
        Hash32.fromHex(json.hash()),
        leg(json.legs().get(0)),
        leg(json.legs().get(1)),
        PublicKey.fromHex(json.initiatorKey()),
        PublicKey.fromHex(json.participantKey()));
  }

  /** The engine knows longer cycles; JSON and ledger do not, and nothing may be cut off. */
  private static void requireTwo(int legs) {
    if (legs != 2) {
      throw new IllegalArgumentException("a swap has two legs here, not " + legs);
    }
  }

  private static SwapLeg leg(Api.SwapLegTerms json) {
    AssetId asset = AssetId.parse(json.asset());
    ChainId chain = ChainId.parse(json.chain());
    if (!asset.chain().equals(chain)) {
      throw new IllegalArgumentException("the asset " + asset + " is not on " + chain);
    }
    return new SwapLeg(
        chain,
        asset,
        Amount.parse(json.amount()),
        Bytes.fromHex(json.claimer()),
        Bytes.fromHex(json.refunder()),
        json.expiry());
  }

  /** Engine to JSON. */
  public static Api.SwapTerms toJson(SwapTerms terms) {
    requireTwo(terms.legs().size());
    return new Api.SwapTerms(
        terms.hash().toHex(),
        terms.legs().stream()
            .map(
                leg ->
                    new Api.SwapLegTerms(
                        leg.chain().toString(),
                        leg.asset().toString(),
                        leg.amount().toString(),
                        leg.claimer().toHex(),
                        leg.refunder().toHex(),
                        leg.expirySeconds()))
            .toList(),
        terms.initiatorKey().toString(),
        terms.participantKey().toString());
  }

  /** Engine to ledger. */
  public static dev.trestle.relay.ledger.record.SwapTerms toLedger(SwapTerms terms) {
    requireTwo(terms.legs().size());
    return new dev.trestle.relay.ledger.record.SwapTerms(
        terms.hash(), ledgerLeg(terms.legs().get(0)), ledgerLeg(terms.legs().get(1)));
  }

  private static dev.trestle.relay.ledger.record.SwapTerms.Leg ledgerLeg(SwapLeg leg) {
    return new dev.trestle.relay.ledger.record.SwapTerms.Leg(
        leg.asset(), leg.amount(), leg.claimer(), leg.refunder(), leg.expirySeconds());
  }

  /** Ledger to engine. */
  public static SwapTerms toEngine(dev.trestle.relay.ledger.record.SwapRecord record) {
    return SwapTerms.of(
        record.terms().hash(),
        engineLeg(record.terms().first()),
        engineLeg(record.terms().second()),
        record.initiator(),
        record.participant());
  }

  private static SwapLeg engineLeg(dev.trestle.relay.ledger.record.SwapTerms.Leg leg) {
    return new SwapLeg(
        leg.asset().chain(),
        leg.asset(),
        leg.amount(),
        leg.claimer(),
        leg.refunder(),
        leg.expirySeconds());
  }

  /** What both parties sign; the id under which the relay chain keeps the swap. */
  public static Hash32 agreementDigest(Hash32 hubId, SwapTerms terms) {
    return Approvals.swapTerms(hubId, toLedger(terms));
  }

  /** What a maker signs: every field of the offer but the signature. It is the offer's id. */
  public static Hash32 offerDigest(Hash32 hubId, Api.OfferRequest offer) {
    return Digests.keccak256(
        new CanonicalWriter()
            .hash(OFFER.hash())
            .hash(hubId)
            .text(AssetId.parse(offer.give()).toString())
            .text(AssetId.parse(offer.want()).toString())
            .amount(Amount.parse(offer.giveAmount()))
            .amount(Amount.parse(offer.wantAmount()))
            .fixed(PublicKey.fromHex(offer.makerKey()).compressed())
            .bytes(Bytes.fromHex(offer.makerClaimKey()))
            .bytes(Bytes.fromHex(offer.makerRefundKey()))
            .u64(offer.expiresAt())
            .toBytes());
  }

  /** Whether {@code signature} (EIP-2098 hex) is by {@code key} over {@code digest}. */
  public static boolean isSigned(Hash32 digest, String signature, PublicKey key) {
    return Secp256k1.instance()
        .recover(new EcdsaSignature(Bytes.fromHex(signature)), digest)
        .filter(key::equals)
        .isPresent();
  }

  /** The terms that follow from a quote on an offer and the taker's own keys. */
  public static SwapTerms terms(
      Api.Quote quote, Hash32 hash, PublicKey taker, Bytes takerRefundKey, Bytes takerClaimKey) {
    Api.OfferRequest offer =
        quote
            .offer()
            .map(Api.Offer::offer)
            .orElseThrow(() -> new IllegalArgumentException("the quote names no offer"));
    AssetId from = AssetId.parse(offer.want());
    AssetId to = AssetId.parse(offer.give());
    List<SwapLeg> legs =
        List.of(
            new SwapLeg(
                from.chain(),
                from,
                Amount.parse(offer.wantAmount()),
                Bytes.fromHex(offer.makerClaimKey()),
                takerRefundKey,
                quote.initiatorExpiry().orElseThrow()),
            new SwapLeg(
                to.chain(),
                to,
                Amount.parse(offer.giveAmount()),
                takerClaimKey,
                Bytes.fromHex(offer.makerRefundKey()),
                quote.participantExpiry().orElseThrow()));
    return new SwapTerms(hash, legs, List.of(taker, PublicKey.fromHex(offer.makerKey())));
  }
}
