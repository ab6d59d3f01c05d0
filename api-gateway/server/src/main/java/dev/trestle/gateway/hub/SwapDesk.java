package dev.trestle.gateway.hub;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcLock;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.NativeIds;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.htlc.SwapLeg;
import dev.trestle.htlc.SwapRejection;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.htlc.TermsCheck;
import dev.trestle.relay.ledger.LedgerPages;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.SwapRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.AgreeSwap;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.SwapForms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Brings two parties to signed terms and shows how their swap goes. It holds no key of a swap: the
 * agreement stands on the relay chain, the coins on the two chains, and the state shown here is
 * what those chains say.
 */
public final class SwapDesk {
  /** How long a proposal waits for the maker, seconds. */
  public static final long PROPOSAL_SECONDS = 300;

  private record Proposal(Api.SwapTerms terms, String initiatorSignature, long createdAt) {}

  private final Hub hub;
  private final OfferBook offers;
  private final QuoteDesk quotes;
  private final LockCheck locks;
  private final ReentrantLock entering = new ReentrantLock();

  public SwapDesk(Hub hub, OfferBook offers, QuoteDesk quotes) {
    this.hub = hub;
    this.offers = offers;
    this.quotes = quotes;
    this.locks = new LockCheck(hub);
  }

  /** A proposal on a quote. The same terms again give the same proposal. */
  public Api.Swap propose(Api.SwapRequest request) {
    SwapTerms terms = terms(request.terms());
    Hash32 id = SwapForms.agreementDigest(hub.node().hubId(), terms);
    if (hub.node().view().swap(id).isPresent() || proposal(id.toHex()).isPresent()) {
      return require(id.toHex());
    }
    if (!isSigned(id, request.initiatorSignature(), terms.initiatorKey())) {
      throw new Problem(ProblemCode.INVALID_SIGNATURE, "the initiator's signature is wrong");
    }
    Api.Quote quote = quotes.require(request.quoteId());
    requireSafe(terms);
    requireQuoted(quote, terms);
    for (int leg = 0; leg < terms.legs().size(); leg++) {
      locks.requireLockable(terms.htlcTerms(leg));
    }
    enter(id, quote, request);
    return require(id.toHex());
  }

  /** One taker of an offer wins; the same request at the same time is the same proposal. */
  private void enter(Hash32 id, Api.Quote quote, Api.SwapRequest request) {
    entering.lock();
    try {
      if (proposal(id.toHex()).isPresent()) {
        return;
      }
      if (!offers.take(quote.route())) {
        throw new Problem(ProblemCode.QUOTE_EXPIRED, "the offer is taken or gone");
      }
      Proposal proposal =
          new Proposal(request.terms(), request.initiatorSignature(), hub.time().nowSeconds());
      hub.proposals()
          .put(id.toHex(), JsonHttp.write(proposal), Duration.ofSeconds(PROPOSAL_SECONDS));
    } finally {
      entering.unlock();
    }
  }

  /** The id that a swap with these terms has; a problem if they are wrong. */
  public Hash32 idOf(Api.SwapTerms json) {
    return SwapForms.agreementDigest(hub.node().hubId(), terms(json));
  }

  private void requireSafe(SwapTerms terms) {
    Verdict<?> verdict =
        hub.timelocks()
            .check(
                terms,
                hub.time().nowSeconds(),
                terms.legs().stream()
                    .map(leg -> hub.requireUsable(leg.chain()).profile())
                    .toList());
    if (verdict instanceof Verdict.Rejected<?> unsafe) {
      throw new Problem(ProblemCode.UNSAFE_TIMELOCK, unsafe.reason().code(), unsafe.detail());
    }
  }

  private SwapTerms terms(Api.SwapTerms json) {
    json.legs().forEach(leg -> Amounts.positive(leg.amount()));
    SwapTerms terms;
    try {
      terms = SwapForms.toEngine(json);
      SwapForms.toLedger(terms); // the ledger is stricter about keys
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, String.valueOf(e.getMessage()));
    }
    if (TermsCheck.check(terms) instanceof Verdict.Rejected<SwapTerms> wrong) {
      throw wrong.reason() == SwapRejection.EXPIRY_ORDER
          ? new Problem(ProblemCode.UNSAFE_TIMELOCK, wrong.detail())
          : new Problem(ProblemCode.VALIDATION_FAILED, wrong.reason().code(), wrong.detail());
    }
    if (hub.node().view().swapByHash(terms.hash()).isPresent()
        && hub.node().view().swap(SwapForms.agreementDigest(hub.node().hubId(), terms)).isEmpty()) {
      throw new Problem(ProblemCode.HASH_REUSED, "another swap uses this hash");
    }
    return terms;
  }

  private void requireQuoted(Api.Quote quote, SwapTerms terms) {
    Api.OfferRequest offer =
        quote
            .offer()
            .flatMap(each -> offers.find(each.id()))
            .map(Api.Offer::offer)
            .orElseThrow(
                () -> new Problem(ProblemCode.QUOTE_EXPIRED, "the offer is taken or gone"));
    SwapLeg first = terms.legs().get(0);
    SwapLeg second = terms.legs().get(1);
    boolean asQuoted =
        first.asset().toString().equals(offer.want())
            && second.asset().toString().equals(offer.give())
            && first.amount().toString().equals(offer.wantAmount())
            && second.amount().toString().equals(offer.giveAmount())
            && first.claimer().equals(Bytes.fromHex(offer.makerClaimKey()))
            && second.refunder().equals(Bytes.fromHex(offer.makerRefundKey()))
            && terms.participantKey().toString().equals(offer.makerKey())
            && quote.initiatorExpiry().equals(Optional.of(first.expirySeconds()))
            && quote.participantExpiry().equals(Optional.of(second.expirySeconds()));
    if (!asQuoted) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, "the terms are not those of the quote");
    }
  }

  private static boolean isSigned(Hash32 digest, String signature, PublicKey key) {
    try {
      return SwapForms.isSigned(digest, signature, key);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The maker's signature makes the agreement; it goes to the relay chain before it counts. */
  public Api.Swap accept(String id, Api.SwapAcceptance acceptance) {
    Hash32 digest = Ids.hash(id, "a swap id");
    if (hub.node().view().swap(digest).isPresent()) {
      return require(id);
    }
    Proposal proposal =
        proposal(id)
            .orElseThrow(
                () -> new Problem(ProblemCode.NOT_FOUND, "there is no such proposal (any more)"));
    SwapTerms terms = terms(proposal.terms());
    if (!isSigned(digest, acceptance.participantSignature(), terms.participantKey())) {
      throw new Problem(ProblemCode.INVALID_SIGNATURE, "the participant's signature is wrong");
    }
    requireSafe(terms); // a proposal waits: what was safe to lock may be too late now
    Receipt receipt =
        hub.sender()
            .submit(
                new AgreeSwap(
                    SwapForms.toLedger(terms),
                    terms.initiatorKey(),
                    terms.participantKey(),
                    new EcdsaSignature(Bytes.fromHex(proposal.initiatorSignature())),
                    new EcdsaSignature(Bytes.fromHex(acceptance.participantSignature()))));
    if (!receipt.isSuccess()) {
      throw new Problem(ProblemCode.TRANSACTION_REJECTED, receipt.code(), receipt.detail());
    }
    hub.proposals().remove(id);
    return require(id);
  }

  private Optional<Proposal> proposal(String id) {
    return hub.proposals().get(id).flatMap(json -> proposal(id, json));
  }

  /** What another gateway shared is checked as if a client had sent it. */
  private Optional<Proposal> proposal(String id, String json) {
    try {
      Proposal proposal = JsonHttp.read(json, Proposal.class);
      SwapTerms terms = SwapForms.toEngine(proposal.terms());
      Hash32 digest = SwapForms.agreementDigest(hub.node().hubId(), terms);
      boolean genuine =
          digest.toHex().equals(id)
              && isSigned(digest, proposal.initiatorSignature(), terms.initiatorKey());
      return genuine ? Optional.of(proposal) : Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException | Problem e) {
      return Optional.empty();
    }
  }

  /** One swap; a problem if there is none. */
  public Api.Swap require(String id) {
    Hash32 digest = Ids.hash(id, "a swap id");
    Optional<SwapRecord> agreed = hub.node().view().swap(digest);
    if (agreed.isPresent()) {
      return describe(agreed.get());
    }
    return proposal(digest.toHex())
        .map(proposal -> describe(digest.toHex(), proposal))
        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "there is no such swap"));
  }

  /** Agreed swaps, newest first, then proposals; of one party if asked. */
  public List<Listed> list(Optional<String> party) {
    LedgerView view = hub.node().view();
    List<SwapRecord> records =
        LedgerPages.<SwapRecord>all((after, limit) -> view.swaps(after.map(SwapRecord::id), limit));
    List<Listed> swaps = new ArrayList<>();
    records.stream()
        .filter(record -> involves(party, record.initiator(), record.participant()))
        .sorted(Comparator.comparingLong(SwapRecord::agreedAt).reversed())
        .forEach(record -> swaps.add(new Listed(record.id().toHex(), () -> describe(record))));
    Set<String> agreed = new HashSet<>();
    swaps.forEach(swap -> agreed.add(swap.id()));
    new TreeMap<>(hub.proposals().entries())
        .forEach(
            (id, json) ->
                proposal(id, json)
                    .filter(proposal -> !agreed.contains(id))
                    .filter(proposal -> involves(party, proposal.terms()))
                    .ifPresent(
                        proposal -> swaps.add(new Listed(id, () -> describe(id, proposal)))));
    return swaps;
  }

  /**
   * A swap that is described only when it is shown: that asks both chains.
   *
   * @param swap blocks
   */
  public record Listed(String id, Supplier<Api.Swap> swap) {}

  private static boolean involves(Optional<String> party, Api.SwapTerms terms) {
    return party
        .map(key -> key.equals(terms.initiatorKey()) || key.equals(terms.participantKey()))
        .orElse(true);
  }

  private static boolean involves(Optional<String> party, PublicKey one, PublicKey other) {
    return party
        .map(key -> key.equals(one.toString()) || key.equals(other.toString()))
        .orElse(true);
  }

  private Api.Swap describe(String id, Proposal proposal) {
    SwapTerms terms = SwapForms.toEngine(proposal.terms());
    return new Api.Swap(
        id,
        "proposed",
        "awaiting_acceptance",
        proposal.terms(),
        Optional.of(proposal.initiatorSignature()),
        Optional.empty(),
        List.of(unseen(terms, 0), unseen(terms, 1)),
        TrustModel.swap(),
        terms.legs().get(0).expirySeconds(),
        proposal.createdAt(),
        Optional.empty());
  }

  private Api.Swap describe(SwapRecord record) {
    SwapTerms terms = SwapForms.toEngine(record);
    List<Api.Leg> legs = List.of(leg(terms, 0), leg(terms, 1));
    String status = status(terms, legs);
    return new Api.Swap(
        record.id().toHex(),
        status,
        step(legs),
        SwapForms.toJson(terms),
        Optional.empty(),
        Optional.empty(),
        legs,
        TrustModel.swap(),
        terms.legs().get(0).expirySeconds(),
        hub.node().block(record.agreedAt()).map(block -> block.timeMillis() / 1000).orElse(0L),
        Optional.empty());
  }

  private String status(SwapTerms terms, List<Api.Leg> legs) {
    boolean claimed = legs.stream().allMatch(leg -> leg.state().equals("claimed"));
    boolean anyRefunded = legs.stream().anyMatch(leg -> leg.state().equals("refunded"));
    boolean allIdle =
        legs.stream().allMatch(leg -> leg.state().equals("none") || leg.state().equals("refunded"));
    if (claimed) {
      return "succeeded";
    }
    if (anyRefunded && allIdle) {
      return "refunded";
    }
    if (allIdle && hub.time().nowSeconds() > terms.legs().get(0).expirySeconds()) {
      return "expired";
    }
    return "processing";
  }

  private static String step(List<Api.Leg> legs) {
    String first = legs.get(0).state();
    String second = legs.get(1).state();
    if (second.equals("claimed")) {
      return first.equals("claimed") ? "completed" : "secret_revealed";
    }
    if (first.equals("refunded") || second.equals("refunded")) {
      return "refunding";
    }
    return switch (second) {
      case "seen" -> "destination_lock_seen";
      case "locked" -> "claimable";
      default ->
          switch (first) {
            case "none" -> "awaiting_source_lock";
            case "seen" -> "source_lock_seen";
            default -> "awaiting_destination_lock";
          };
    };
  }

  private Api.Leg unseen(SwapTerms terms, int index) {
    Optional<HtlcLock> lock =
        port(terms, index)
            .flatMap(
                port ->
                    port.describe(terms.htlcTerms(index))
                            instanceof Verdict.Accepted<HtlcLock>(HtlcLock described)
                        ? Optional.of(described)
                        : Optional.empty());
    return new Api.Leg(
        SwapForms.toJson(terms).legs().get(index),
        lock.map(HtlcLock::address).orElse(""),
        lock.map(HtlcLock::paymentUri),
        "none",
        0,
        Optional.empty(),
        Optional.empty());
  }

  private Optional<HtlcPort> port(SwapTerms terms, int index) {
    return hub.chains().adapter(terms.legs().get(index).chain()).flatMap(ChainAdapter::htlc);
  }

  private Api.Leg leg(SwapTerms terms, int index) {
    Api.Leg unseen = unseen(terms, index);
    Optional<HtlcPort> port = port(terms, index);
    if (port.isEmpty()) {
      return unseen;
    }
    HtlcObservation seen;
    try {
      seen = Async.await(port.get().observe(terms.htlcTerms(index)));
    } catch (AdapterException e) {
      return unseen; // its node is down: show what is known without it
    }
    Optional<LockFunding> funding =
        seen.funding().stream()
            .filter(each -> each.amount().equals(terms.legs().get(index).amount()))
            .findFirst();
    return new Api.Leg(
        unseen.terms(),
        unseen.address(),
        unseen.paymentUri(),
        state(funding, seen.spend()),
        seen.spend()
            .map(LockSpend::confirmations)
            .orElse(funding.map(LockFunding::confirmations).orElse(0L)),
        funding.map(each -> NativeIds.of(terms.legs().get(index).chain(), each.transactionId())),
        seen.spend()
            .map(each -> NativeIds.of(terms.legs().get(index).chain(), each.transactionId())));
  }

  private static String state(Optional<LockFunding> funding, Optional<LockSpend> spend) {
    if (spend.isPresent()) {
      return switch (spend.get()) {
        case LockSpend.Claimed claimed -> "claimed";
        case LockSpend.Refunded refunded -> "refunded";
        case LockSpend.Cooperative cooperative -> "settled";
      };
    }
    return funding.map(each -> each.isFinal() ? "locked" : "seen").orElse("none");
  }
}
