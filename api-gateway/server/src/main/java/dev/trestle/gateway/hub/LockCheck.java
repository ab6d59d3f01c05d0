package dev.trestle.gateway.hub;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcLock;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.sdk.Api;

/** Whether the chains can express the locks of a swap: no dust, keys of the right form. */
final class LockCheck {
  /** Stand for what an offer leaves open: they decide nothing of what is checked. */
  private static final Hash32 ANY_HASH = Digests.sha256(Bytes.utf8("any hash"));

  private static final SecretKey ANYBODY = SecretKey.derive(ANY_HASH.bytes(), "anybody");

  private final Hub hub;

  LockCheck(Hub hub) {
    this.hub = hub;
  }

  /** A problem when no taker could ever lock or be paid on one of the two chains. */
  void requireLockable(
      Api.OfferRequest offer, AssetId give, Amount giveAmount, AssetId want, Amount wantAmount) {
    long expiry = hub.time().nowSeconds() + OfferBook.MAX_LIFE;
    requireLockable(
        new HtlcTerms(
            want,
            wantAmount,
            ANY_HASH,
            Bytes.fromHex(offer.makerClaimKey()),
            port(want.chain()).partyKey(ANYBODY),
            expiry));
    requireLockable(
        new HtlcTerms(
            give,
            giveAmount,
            ANY_HASH,
            port(give.chain()).partyKey(ANYBODY),
            Bytes.fromHex(offer.makerRefundKey()),
            expiry));
  }

  /** A problem that says why the chain of {@code terms} has no such lock. */
  void requireLockable(HtlcTerms terms) {
    ChainId chain = terms.asset().chain();
    if (!(port(chain).describe(terms)
        instanceof Verdict.Rejected<HtlcLock>(ReasonCode reason, String detail))) {
      return;
    }
    String what = "the lock on " + chain + ": " + detail;
    if (reason == AdapterError.INVALID_AMOUNT) {
      throw new Problem(ProblemCode.AMOUNT_OUT_OF_RANGE, what);
    }
    if (reason == AdapterError.INVALID_ADDRESS) {
      throw new Problem(ProblemCode.INVALID_ADDRESS, what);
    }
    throw new Problem(ProblemCode.VALIDATION_FAILED, reason.code(), what);
  }

  private HtlcPort port(ChainId chain) {
    return hub.chains()
        .adapter(chain)
        .flatMap(ChainAdapter::htlc)
        .orElseThrow(
            () -> new Problem(ProblemCode.ROUTE_UNAVAILABLE, chain + " has no hash-time-locks"));
  }
}
