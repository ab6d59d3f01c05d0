package dev.trestle.sdk;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.ChainPorts;
import dev.trestle.htlc.EngineSettings;
import dev.trestle.htlc.Role;
import dev.trestle.htlc.SwapEngine;
import dev.trestle.htlc.SwapProgress;
import dev.trestle.htlc.SwapTerms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One party to atomic swaps, with its own keys, its own nodes and its own journal. The gateway only
 * introduces the parties: terms are checked here against what was asked for, scripts and addresses
 * are computed here, and a swap that has begun needs no gateway at all.
 */
public final class SwapParty implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final HubClient hub;
  private final Hash32 hubId;
  private final TimeSource time;
  private final SwapEngine engine;
  private final Map<Hash32, Api.OfferRequest> ownOffers = new ConcurrentHashMap<>();

  private SwapParty(HubClient hub, Hash32 hubId, TimeSource time, SwapEngine engine) {
    this.hub = hub;
    this.hubId = hubId;
    this.time = time;
    this.engine = engine;
  }

  /**
   * Opens the party's folder; swaps that were under way go on.
   *
   * @param hubId chain id of the relay chain that the party trusts
   * @param seed from which all keys and secrets follow
   * @param wallets keys that pay; derived from the seed where missing
   */
  public static SwapParty open(
      HubClient hub,
      Hash32 hubId,
      Path folder,
      Map<ChainId, ChainAdapter> chains,
      Map<ChainId, SecretKey> wallets,
      Bytes seed,
      TimeSource time,
      EngineSettings settings) {
    Map<ChainId, ChainPorts> ports = new TreeMap<>();
    chains.forEach((chain, adapter) -> ports.put(chain, ChainPorts.of(adapter)));
    return new SwapParty(
        hub, hubId, time, SwapEngine.open(folder, ports, wallets, seed, time, settings));
  }

  /** Compressed key that signs this party's offers and terms, hex. */
  public String identity() {
    return engine.identityKey().toString();
  }

  public String walletAddress(ChainId chain) {
    return engine.walletAddress(chain);
  }

  public SwapEngine engine() {
    return engine;
  }

  public void onProgress(Consumer<SwapProgress> listener) {
    engine.onProgress(listener);
  }

  /** As maker: offers {@code giveAmount} of one asset for {@code wantAmount} of another, once. */
  public Api.Offer offer(
      AssetId give, Amount giveAmount, AssetId want, Amount wantAmount, Duration life) {
    Api.OfferRequest unsigned =
        new Api.OfferRequest(
            give.toString(),
            want.toString(),
            giveAmount.toString(),
            wantAmount.toString(),
            identity(),
            engine.lockKey(want.chain()).toHex(),
            engine.lockKey(give.chain()).toHex(),
            time.nowSeconds() + life.toSeconds(),
            "");
    Hash32 digest = SwapForms.offerDigest(hubId, unsigned);
    Api.OfferRequest signed =
        new Api.OfferRequest(
            unsigned.give(),
            unsigned.want(),
            unsigned.giveAmount(),
            unsigned.wantAmount(),
            unsigned.makerKey(),
            unsigned.makerClaimKey(),
            unsigned.makerRefundKey(),
            unsigned.expiresAt(),
            Secp256k1.instance().signEcdsa(digest, engine.identity()).bytes().toHex());
    ownOffers.put(digest, signed);
    return hub.createOffer(signed);
  }

  /**
   * As maker: looks for proposals on own offers, accepts those that say exactly what was offered,
   * and enters their swaps. Each offer is accepted once.
   *
   * @return ids of the swaps that were entered now
   */
  public List<String> acceptProposals() {
    List<String> entered = new ArrayList<>();
    for (Api.Swap swap : hub.swapsOf(identity())) {
      if (swap.status().equals("proposed") && swap.terms().participantKey().equals(identity())) {
        SwapTerms terms = SwapForms.toEngine(swap.terms());
        Optional<Hash32> offer = offerFor(terms);
        Hash32 digest = SwapForms.agreementDigest(hubId, terms);
        boolean signed =
            swap.initiatorSignature()
                .filter(signature -> SwapForms.isSigned(digest, signature, terms.initiatorKey()))
                .isPresent();
        if (offer.isPresent() && signed && digest.toHex().equals(swap.id())) {
          accept(swap, terms, digest, offer.get());
          entered.add(swap.id());
        }
      }
    }
    return entered;
  }

  private void accept(Api.Swap swap, SwapTerms terms, Hash32 digest, Hash32 offer) {
    // the engine's own check of the timelocks comes before our signature
    TransferParty.require(engine.start(terms, Role.PARTICIPANT), "swap " + swap.id());
    ownOffers.remove(offer);
    hub.acceptSwap(
        swap.id(),
        new Api.SwapAcceptance(
            Secp256k1.instance().signEcdsa(digest, engine.identity()).bytes().toHex()));
  }

  private Optional<Hash32> offerFor(SwapTerms terms) {
    return ownOffers.entrySet().stream()
        .filter(entry -> isMine(terms, entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean isMine(SwapTerms terms, Api.OfferRequest offer) {
    var first = terms.legs().get(0);
    var second = terms.legs().get(1);
    return offer.expiresAt() > time.nowSeconds()
        && first.asset().toString().equals(offer.want())
        && first.amount().toString().equals(offer.wantAmount())
        && first.claimer().toHex().equals(offer.makerClaimKey())
        && second.asset().toString().equals(offer.give())
        && second.amount().toString().equals(offer.giveAmount())
        && second.refunder().toHex().equals(offer.makerRefundKey())
        && terms.participantKey().equals(engine.identityKey());
  }

  /**
   * As taker: takes an offer of exactly {@code amount}. Blocks until the maker has signed and the
   * agreement is on the relay chain, then enters the swap.
   *
   * @return id of the swap on the relay chain
   * @throws HubException when there is no offer, when the quote is not what was asked for, or when
   *     the maker does not answer within {@code patience}
   */
  public String take(
      AssetId from, AssetId to, Amount amount, Amount leastReceived, Duration patience) {
    return take(quote(from, to, amount), from, to, amount, leastReceived, patience).id();
  }

  /**
   * A swap that this party has entered.
   *
   * @param id on the relay chain
   * @param swapId in the party's own engine
   */
  public record Taken(String id, Hash32 swapId) {}

  /** What the hub proposes for {@code amount}; shown to people before {@link #take}. */
  public Api.Quote quote(AssetId from, AssetId to, Amount amount) {
    return hub.quote(
        new Api.QuoteRequest("swap", from.toString(), to.toString(), amount.toString()));
  }

  /** As {@link #take(AssetId, AssetId, Amount, Amount, Duration)} on a quote that is there. */
  public Taken take(
      Api.Quote quote,
      AssetId from,
      AssetId to,
      Amount amount,
      Amount leastReceived,
      Duration patience) {
    SwapEngine.SecretOffer secret = engine.newSecret();
    SwapTerms terms =
        SwapForms.terms(
            quote,
            secret.hash(),
            engine.identityKey(),
            engine.lockKey(from.chain()),
            engine.lockKey(to.chain()));
    requireAsked(quote, terms, from, to, amount, leastReceived);
    Hash32 digest = SwapForms.agreementDigest(hubId, terms);
    Api.Swap swap =
        hub.createSwap(
            new Api.SwapRequest(
                quote.id(),
                SwapForms.toJson(terms),
                Secp256k1.instance().signEcdsa(digest, engine.identity()).bytes().toHex()),
            digest.toHex());
    if (!swap.id().equals(digest.toHex()) || !SwapForms.toEngine(swap.terms()).equals(terms)) {
      throw new HubException(
          HubException.Check.GATEWAY_MISMATCH, "the gateway recorded other terms than were signed");
    }
    hub.await(
        "the maker's signature",
        () -> hub.swap(swap.id()),
        answer -> !answer.status().equals("proposed"),
        patience,
        INTERVAL);
    TransferParty.require(engine.start(terms, Role.INITIATOR), "swap " + swap.id());
    return new Taken(swap.id(), terms.swapId());
  }

  private void requireAsked(
      Api.Quote quote,
      SwapTerms terms,
      AssetId from,
      AssetId to,
      Amount amount,
      Amount leastReceived) {
    Api.OfferRequest offer = quote.offer().orElseThrow().offer();
    Hash32 offerId = SwapForms.offerDigest(hubId, offer);
    boolean genuine =
        SwapForms.isSigned(offerId, offer.signature(), terms.participantKey())
            && offerId.toHex().equals(quote.offer().orElseThrow().id());
    boolean asked =
        terms.legs().get(0).asset().equals(from)
            && terms.legs().get(1).asset().equals(to)
            && terms.legs().get(0).amount().equals(amount)
            && !terms.legs().get(1).amount().isLessThan(leastReceived);
    if (!genuine || !asked) {
      throw new HubException(
          HubException.Check.GATEWAY_MISMATCH, "the quote is not what was asked for");
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
