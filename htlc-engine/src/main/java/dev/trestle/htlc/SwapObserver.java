package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.htlc.LegMark.Phase;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Status of any swap from its chains alone: no keys, no journal, no party's word. For gateways and
 * watchers.
 */
public final class SwapObserver {
  private final Map<ChainId, ChainPorts> ports;

  public SwapObserver(Map<ChainId, ChainPorts> ports) {
    this.ports = new TreeMap<>(ports);
  }

  /**
   * One leg as its chain shows it.
   *
   * @param audited whether it is locked as agreed, irreversibly and unspent
   * @param auditDetail what is missing
   * @param confirmations of the spending if there is one, else of the funding
   */
  public record LegObservation(
      SwapLeg leg,
      LegMark mark,
      boolean audited,
      String auditDetail,
      long confirmations,
      long chainTimeSeconds) {}

  /**
   * @param status seen from nobody's side: completed only when every leg is claimed, refunded when
   *     every funded leg is back, loss when one leg is claimed and another refunded
   * @param secret if a chain shows it
   */
  public record SwapObservation(
      Hash32 swapId, SwapStatus status, List<LegObservation> legs, Optional<Hash32> secret) {
    public SwapObservation {
      legs = List.copyOf(legs);
    }
  }

  /**
   * Looks once. Fails with the adapter's failure, or if a chain has no adapter.
   *
   * @param nowSeconds true time
   */
  public Future<SwapObservation> observe(SwapTerms terms, long nowSeconds) {
    List<Future<HtlcObservation>> looks = new ArrayList<>();
    for (int i = 0; i < terms.legs().size(); i++) {
      ChainPorts chain = ports.get(terms.legs().get(i).chain());
      if (chain == null) {
        return Future.failedFuture(
            new IllegalArgumentException("no adapter for " + terms.legs().get(i).chain()));
      }
      looks.add(chain.htlc().observe(terms.htlcTerms(i)));
    }
    return Future.all(looks)
        .map(all -> evaluate(terms, looks.stream().map(Future::result).toList(), nowSeconds));
  }

  private SwapObservation evaluate(SwapTerms terms, List<HtlcObservation> seen, long nowSeconds) {
    List<LegObservation> legs = new ArrayList<>();
    Optional<Hash32> secret = Optional.empty();
    for (int i = 0; i < seen.size(); i++) {
      SwapLeg leg = terms.legs().get(i);
      ChainPorts chain = ports.get(leg.chain());
      if (chain == null) {
        throw new IllegalStateException("no adapter for " + leg.chain());
      }
      ChainView view =
          new ChainView(i, chain.profile().timing(), true, Optional.of(seen.get(i)), Map.of());
      var audit = LockAudit.check(leg, view);
      legs.add(
          new LegObservation(
              leg,
              LegMark.of(seen.get(i)),
              audit.isAccepted(),
              audit.isAccepted() ? "" : detail(audit),
              confirmations(seen.get(i)),
              seen.get(i).chainTimeSeconds()));
      if (seen.get(i).spend().orElse(null) instanceof LockSpend.Claimed claimed
          && Secrets.hashOf(claimed.preimage()).equals(terms.hash())) {
        secret = Optional.of(claimed.preimage());
      }
    }
    return new SwapObservation(
        terms.swapId(), status(legs, secret.isPresent(), nowSeconds), legs, secret);
  }

  private static String detail(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "";
      case Verdict.Ignored<?> ignored -> ignored.detail();
      case Verdict.Rejected<?> rejected -> rejected.detail();
      case Verdict.Later<?> later -> later.detail();
    };
  }

  private static long confirmations(HtlcObservation seen) {
    if (seen.spend().isPresent()) {
      return seen.spend().get().confirmations();
    }
    return seen.funding().isEmpty() ? 0 : seen.funding().getFirst().confirmations();
  }

  private static SwapStatus status(List<LegObservation> legs, boolean secret, long now) {
    List<LegMark> funded =
        legs.stream().map(LegObservation::mark).filter(m -> m.fundings() > 0).toList();
    long claimed = funded.stream().filter(m -> isSpent(m, true)).count();
    long refunded = funded.stream().filter(m -> isSpent(m, false)).count();
    if (claimed == legs.size()) {
      return SwapStatus.COMPLETED;
    }
    if (claimed > 0 && refunded > 0) {
      return SwapStatus.LOSS;
    }
    if (!funded.isEmpty() && refunded == funded.size()) {
      return SwapStatus.REFUNDED;
    }
    if (secret) {
      return claimed > 0 ? SwapStatus.REDEEMING : SwapStatus.SECRET_KNOWN;
    }
    boolean expired =
        legs.stream()
            .anyMatch(
                l -> l.mark().fundings() > 0 && l.chainTimeSeconds() >= l.leg().expirySeconds());
    if (expired || funded.stream().anyMatch(m -> m.spend() != Phase.NONE)) {
      return SwapStatus.REFUNDING;
    }
    if (legs.stream().allMatch(LegObservation::audited)) {
      return SwapStatus.ALL_LOCKED;
    }
    if (!funded.isEmpty()) {
      return SwapStatus.FUNDING;
    }
    long last = legs.stream().mapToLong(l -> l.leg().expirySeconds()).max().orElse(0);
    return now >= last ? SwapStatus.ABORTED : SwapStatus.AGREED;
  }

  private static boolean isSpent(LegMark mark, boolean byClaim) {
    return mark.spend() == Phase.FINAL && mark.claimed() == byClaim;
  }
}
