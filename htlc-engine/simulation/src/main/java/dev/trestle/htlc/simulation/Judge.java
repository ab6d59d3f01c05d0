package dev.trestle.htlc.simulation;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.sim.SimTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.AlarmCode;
import dev.trestle.htlc.JournalRecord;
import dev.trestle.htlc.StepKey;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The invariants, checked on the chains themselves: an honest party never ends poorer than the fees
 * that it stated, every swap ends in time, no secret leaves before R2 holds, nothing is signed
 * twice or sent before it is durable.
 */
final class Judge {
  private final SimWorld world;
  private final Scenario scenario;
  private Optional<String> violation = Optional.empty();

  Judge(SimWorld world, Scenario scenario) {
    this.world = world;
    this.scenario = scenario;
  }

  /** Notes the first violation: adapters may not throw through a driver. */
  void report(String what) {
    if (violation.isEmpty()) {
      violation = Optional.of(what);
    }
  }

  /**
   * @throws Violation if one was noted
   */
  void rethrow() {
    if (violation.isPresent()) {
      throw new Violation(violation.get());
    }
  }

  /** The initiator is about to send its claim; R2 holds when it does so first. */
  void reveals(SimParty party, boolean first) {
    if (!first) {
      return;
    }
    for (int leg = 0; leg < world.chains.size(); leg++) {
      HtlcObservation seen = world.observe(leg);
      boolean there =
          !seen.funding().isEmpty()
              && seen.funding().getFirst().isFinal()
              && seen.funding().getFirst().amount().equals(world.terms.legs().get(leg).amount());
      if (!there) {
        report("the secret is out and leg " + (leg + 1) + " is not final");
      }
    }
    int last = world.chains.size() - 1;
    Timing timing = world.chains.get(last).profile().timing();
    // a claim that was signed before a crash may be sent after it: that is what the budget is for
    long needed = Scenario.POLICY.revealWindow(timing) - Scenario.POLICY.outageSeconds();
    long clock = world.time.nowSeconds() + scenario.clocks().get(party.party());
    long left = world.expiry(last) - clock;
    if (left < needed) {
      report("the secret is out with %d s left of %d".formatted(left, needed));
    }
  }

  /** After the last tick. */
  void ends(SimParty party, boolean deep) {
    signedOnce(party);
    if (deep) {
      return; // what was irreversible is gone: nothing can be promised but an alarm
    }
    if (!party.status().isEnd()) {
      report(party.role + " has not ended: " + party.status());
    }
    int own = world.terms.paidBy(party.role);
    int incoming = world.terms.paysTo(party.role);
    boolean whole = true;
    boolean swapped = true;
    for (int leg = 0; leg < world.chains.size(); leg++) {
      BigInteger gain = gain(party, leg);
      whole &= gain.signum() >= 0;
      BigInteger due = world.terms.legs().get(leg).amount().value();
      BigInteger agreed = leg == own ? due.negate() : leg == incoming ? due : BigInteger.ZERO;
      swapped &= gain.compareTo(agreed) >= 0;
    }
    if (!whole && !swapped) {
      report(
          "%s lost: %s on its own leg, %s on the one that pays it, %s"
              .formatted(party.role, gain(party, own), gain(party, incoming), party.status()));
    }
  }

  /** What a party has more than at the start, fees of what it signed left out. */
  private BigInteger gain(SimParty party, int leg) {
    Amount fees = Amount.ZERO;
    Set<Hash32> mine = party.signed();
    for (SimTransaction tx : world.chains.get(leg).mined()) {
      if (mine.contains(tx.id())) {
        fees = fees.plus(tx.body().fee());
      }
    }
    return world.balance(party.party(), leg).plus(fees).value().subtract(SimWorld.WEALTH.value());
  }

  private void signedOnce(SimParty party) {
    Set<StepKey> keys = new HashSet<>();
    for (JournalRecord entry : party.journal.entries) {
      if (entry instanceof JournalRecord.Signed s && !keys.add(s.key())) {
        report(party.role + " signed twice: " + s.key());
      }
    }
  }

  /** After blocks that were final are gone, and what stood in them is not coming back. */
  void noticed(SimParty party) {
    if (!party.alarms.contains(AlarmCode.DEEP_REORG)) {
      report(party.role + " did not notice that a final lock is gone");
    }
  }
}
