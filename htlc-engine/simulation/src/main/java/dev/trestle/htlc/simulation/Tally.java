package dev.trestle.htlc.simulation;

/** How often what happened; for people, to see that a simulation simulates something. */
public record Tally(
    long crashes,
    long outages,
    long failedCalls,
    long reorganisations,
    long deepReorganisations,
    long evictions,
    long cycles,
    long feeSpikes,
    long sickChains,
    long tricks) {
  static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  Tally plus(Tally o) {
    return new Tally(
        crashes + o.crashes,
        outages + o.outages,
        failedCalls + o.failedCalls,
        reorganisations + o.reorganisations,
        deepReorganisations + o.deepReorganisations,
        evictions + o.evictions,
        cycles + o.cycles,
        feeSpikes + o.feeSpikes,
        sickChains + o.sickChains,
        tricks + o.tricks);
  }

  /** Counts one run. */
  static final class Counter {
    long crashes;
    long outages;
    long failedCalls;
    long reorganisations;
    long deepReorganisations;
    long evictions;
    long cycles;
    long feeSpikes;
    long sickChains;
    long tricks;

    Tally tally() {
      return new Tally(
          crashes,
          outages,
          failedCalls,
          reorganisations,
          deepReorganisations,
          evictions,
          cycles,
          feeSpikes,
          sickChains,
          tricks);
    }
  }
}
