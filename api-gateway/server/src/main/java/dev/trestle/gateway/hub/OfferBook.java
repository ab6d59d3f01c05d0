package dev.trestle.gateway.hub;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.gateway.cluster.LocalSharedMap;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.SwapForms;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Offers of makers: one swap each, signed by the maker. They are shared between gateways and may be
 * lost; nothing is locked on the strength of an offer alone.
 */
public final class OfferBook {
  /** Longest life of an offer, seconds. */
  public static final long MAX_LIFE = 24 * 3600;

  /** Bytes of the shortest and the longest key or address that the relay chain records. */
  private static final int MIN_KEY = 20;

  private static final int MAX_KEY = 65;

  private final Hub hub;
  private final LockCheck locks;
  private final Map<Hash32, String> verified =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash32, String> eldest) {
          return size() > LocalSharedMap.MAX_ENTRIES;
        }
      };

  public OfferBook(Hub hub) {
    this.hub = hub;
    this.locks = new LockCheck(hub);
  }

  /** Takes an offer; a problem names what is wrong with it. */
  public Api.Offer add(Api.OfferRequest request) {
    Hash32 id;
    try {
      AssetId give = AssetId.parse(request.give());
      AssetId want = AssetId.parse(request.want());
      if (give.equals(want)) {
        throw new Problem(ProblemCode.VALIDATION_FAILED, "an offer gives one asset for another");
      }
      Amount giveAmount = Amounts.positive(request.giveAmount());
      Amount wantAmount = Amounts.positive(request.wantAmount());
      requireKey(request.makerClaimKey());
      requireKey(request.makerRefundKey());
      hub.requireUsable(give.chain());
      hub.requireUsable(want.chain());
      locks.requireLockable(request, give, giveAmount, want, wantAmount);
      id = SwapForms.offerDigest(hub.node().hubId(), request);
      if (!SwapForms.isSigned(id, request.signature(), PublicKey.fromHex(request.makerKey()))) {
        throw new Problem(ProblemCode.INVALID_SIGNATURE, "the maker's signature is wrong");
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, String.valueOf(e.getMessage()));
    }
    long life = request.expiresAt() - hub.time().nowSeconds();
    if (life < 1 || life > MAX_LIFE) {
      throw new Problem(
          ProblemCode.VALIDATION_FAILED, "an offer lives for 1 to " + MAX_LIFE + " seconds");
    }
    hub.offers().put(id.toHex(), JsonHttp.write(request), Duration.ofSeconds(life));
    return new Api.Offer(id.toHex(), request, "open");
  }

  private static void requireKey(String hex) {
    int size = Bytes.fromHex(hex).size();
    if (size < MIN_KEY || size > MAX_KEY) {
      throw new Problem(
          ProblemCode.VALIDATION_FAILED,
          "a key or address has " + MIN_KEY + " to " + MAX_KEY + " bytes");
    }
  }

  /** Open offers, the cheapest (least wanted for what is given) first. */
  public List<Api.Offer> open(Optional<String> give, Optional<String> want) {
    return hub.offers().entries().entrySet().stream()
        .map(entry -> offer(entry.getKey(), entry.getValue()))
        .flatMap(Optional::stream)
        .filter(offer -> give.map(offer.offer().give()::equals).orElse(true))
        .filter(offer -> want.map(offer.offer().want()::equals).orElse(true))
        .sorted(
            Comparator.comparing((Api.Offer offer) -> Amount.parse(offer.offer().wantAmount()))
                .thenComparing(Api.Offer::id))
        .toList();
  }

  public Optional<Api.Offer> find(String id) {
    return hub.offers().get(id).flatMap(json -> offer(id, json));
  }

  /** Uses the offer up; true for one taker only. */
  public boolean take(String id) {
    return hub.offers().remove(id);
  }

  /** Signatures are checked once: the digest and the signature say all. */
  private boolean isSigned(Hash32 digest, Api.OfferRequest request) {
    synchronized (verified) {
      if (request.signature().equals(verified.get(digest))) {
        return true;
      }
    }
    boolean signed =
        SwapForms.isSigned(digest, request.signature(), PublicKey.fromHex(request.makerKey()));
    if (signed) {
      synchronized (verified) {
        verified.put(digest, request.signature());
      }
    }
    return signed;
  }

  /** What another gateway shared is checked as if a client had sent it. */
  private Optional<Api.Offer> offer(String id, String json) {
    try {
      Api.OfferRequest request = JsonHttp.read(json, Api.OfferRequest.class);
      Hash32 digest = SwapForms.offerDigest(hub.node().hubId(), request);
      boolean genuine = digest.toHex().equals(id) && isSigned(digest, request);
      return genuine && request.expiresAt() > hub.time().nowSeconds()
          ? Optional.of(new Api.Offer(id, request, "open"))
          : Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException | Problem e) {
      return Optional.empty();
    }
  }
}
