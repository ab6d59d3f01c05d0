package dev.trestle.lightclient.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every family must hold to. A family's test class extends it and supplies honest runs and
 * forgeries; see {@code light-clients/docs/adding-a-family.md}.
 */
public abstract class LightClientContract extends LightClientStateContract {
  /** Single-bit mutants a family. */
  public static final int MUTANTS = 100_000;

  private static final long SEED = 20_261_126L;

  /** Bytes of the inputs that are refused for their size alone. */
  private static final int HUGE = 8 << 20;

  /** Bytes that may be allocated before such an input is refused: it is not even copied. */
  private static final int MAX_ALLOCATED = HUGE / 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Further honest runs, where {@link #scenario} has fewer bits than {@link #MUTANTS}. */
  protected List<Scenario> scenariosForMutants() {
    return List.of();
  }

  /** How many mutants this class tries; fewer only in a second class of the same family. */
  protected int mutants() {
    return MUTANTS;
  }

  /** At least one forgery for every attack that is not in {@link #notApplicable}. */
  protected abstract List<Forgery> forgeries();

  /** Attacks that cannot exist here, each with the reason. */
  protected abstract Map<Attack, String> notApplicable();

  @Test
  void everyHonestInputIsAccepted() {
    assertThat(run().scenario().updates()).isNotEmpty();
    assertThat(run().scenario().claims()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(run().scenario().claims().stream().map(Claim::path).distinct().count())
        .isEqualTo(run().scenario().claims().size());
    for (Run.Good good : run().good()) {
      assertThat(Run.code(run().judge(good))).as("%s", good.input()).isEqualTo("accepted");
    }
    assertThat(client().status(run().last(), run().scenario().nowSeconds()).mayVerify()).isTrue();
  }

  @Test
  void noSingleBitMutantIsAcceptedUnlessItMeansTheSame() {
    List<Run> runs = new ArrayList<>(List.of(run()));
    scenariosForMutants().forEach(each -> runs.add(new Run(client(), each)));
    record Corpus(Run run, Run.Good good, int first) {}
    List<Corpus> corpus = new ArrayList<>();
    int total = 0;
    for (Run each : runs) {
      for (Run.Good good : each.good()) {
        corpus.add(new Corpus(each, good, total));
        total = Math.addExact(total, Mutants.count(good.input()));
      }
    }
    assertThat(total).as("bits to flip").isGreaterThanOrEqualTo(mutants());
    AtomicLong same = new AtomicLong();
    int[] sample = sample(total, mutants());
    IntStream.of(sample)
        .parallel()
        .forEach(
            bit -> {
              Corpus at = corpus.getFirst();
              for (Corpus each : corpus) {
                at = each.first() <= bit ? each : at;
              }
              same.addAndGet(mutate(at.run(), at.good(), bit - at.first()));
            });
    System.out.printf(
        "%s: %d single-bit mutants (seed %d) of %d inputs, none accepted (%d mean the same)%n",
        getClass().getSimpleName(), sample.length, SEED, corpus.size(), same.get());
    for (Run.Good good : run().good()) {
      assertThat(Run.code(run().judge(good))).as("still accepted").isEqualTo("accepted");
    }
  }

  /** {@code wanted} different numbers below {@code total}: Floyd's algorithm, in order. */
  private static int[] sample(int total, int wanted) {
    Random random = new Random(SEED);
    java.util.BitSet chosen = new java.util.BitSet(total);
    for (int i = total - wanted; i < total; i++) {
      int candidate = random.nextInt(i + 1);
      chosen.set(chosen.get(candidate) ? i : candidate);
    }
    return chosen.stream().toArray();
  }

  private int mutate(Run of, Run.Good good, int bit) {
    Input mutant = Mutants.flip(good.input(), bit);
    Verdict<?> verdict = of.judge(good.state(), mutant, new Budget(Run.AMPLE));
    if (!verdict.isAccepted()) {
      return 0;
    }
    assertThat(sameMeaning(good.input(), mutant)).as("bit %d of %s", bit, good.input()).isTrue();
    assertThat(effect(good.state(), mutant, verdict))
        .as("bit %d of %s", bit, good.input())
        .isEqualTo(effect(good.state(), mutant, of.judge(good)));
    return 1;
  }

  private Object effect(ClientState state, Input judged, Verdict<?> verdict) {
    return switch (verdict.orThrow()) {
      case VerifiedUpdate update -> state.with(client().apply(state, update)).hash();
      case ClientDelta delta -> state.with(delta).hash();
      // Under a neighbouring path may stand nothing, too: then only the path differs.
      case ProvenFact fact ->
          judged instanceof Input.Absence absence
              ? new ProvenFact(absence.path(), fact.value(), fact.block(), fact.confirmations())
              : fact;
      default -> throw new AssertionError("an unknown kind of effect");
    };
  }

  @Test
  void trailingAndMissingBytesAreRefused() {
    List<Run.Good> inputs = new ArrayList<>(run().good());
    inputs.add(new Run.Good(new Input.Anchor(run().scenario().anchor()), ClientState.EMPTY));
    Bytes zero = Bytes.fromHex("00");
    for (Run.Good good : inputs) {
      List<Input> bad = new ArrayList<>();
      bad.addAll(Mutants.each(good.input(), part -> Bytes.concat(part, zero)));
      bad.addAll(Mutants.each(good.input(), part -> Bytes.concat(part, part)));
      bad.addAll(Mutants.each(good.input(), part -> part.slice(0, Math.max(0, part.size() - 1))));
      bad.addAll(
          Mutants.each(good.input(), part -> part.slice(Math.min(1, part.size()), part.size())));
      bad.addAll(Mutants.each(good.input(), part -> part.slice(0, part.size() / 2)));
      bad.addAll(Mutants.each(good.input(), part -> Bytes.EMPTY));
      for (Input each : bad) {
        Verdict<?> verdict = run().judge(good.state(), each, new Budget(Run.AMPLE));
        assertThat(verdict.isAccepted() && !sameMeaning(good.input(), each))
            .as("%s", each)
            .isFalse();
      }
    }
  }

  @Test
  void everyForgeryIsRefusedForItsReason() {
    Set<Attack> missing = EnumSet.allOf(Attack.class);
    missing.removeAll(notApplicable().keySet());
    for (Forgery forgery : forgeries()) {
      ClientState state =
          forgery.input() instanceof Input.Update ? run().beforeLast() : run().last();
      Verdict<?> verdict = run().judge(state, forgery.input(), new Budget(Run.AMPLE));
      assertThat(Run.code(verdict))
          .as("%s: %s: %s", forgery.attack(), forgery.name(), verdict)
          .isEqualTo(forgery.code().code());
      missing.remove(forgery.attack());
    }
    assertThat(missing).as("attacks without a forgery").isEmpty();
  }

  @Test
  void workIsChargedBeforeItIsDone() {
    for (Run.Good good : run().good()) {
      Budget ample = new Budget(Run.AMPLE);
      assertThat(run().judge(good.state(), good.input(), ample).isAccepted()).isTrue();
      long used = Run.AMPLE - ample.left();
      assertThat(used).as("work of %s", good.input()).isPositive();
      assertThat(run().judge(good.state(), good.input(), new Budget(used)).isAccepted()).isTrue();
      for (long less : new long[] {used - 1, used / 2, 0}) {
        assertThat(Run.code(run().judge(good.state(), good.input(), new Budget(less))))
            .as("%d of %d units for %s", less, used, good.input())
            .isEqualTo(RejectionCode.BUDGET_EXCEEDED.code());
      }
    }
  }

  @Test
  void hugeInputsAndJunkAreRefusedAndNeverThrow() {
    Random random = new Random(SEED);
    for (int i = 0; i < 2_000; i++) {
      byte[] junk = new byte[random.nextInt(400)];
      random.nextBytes(junk);
      Bytes bytes = Bytes.wrap(junk);
      refuseAll(random.nextBoolean() ? bytes : splice(random, bytes), 1_000_000, Long.MAX_VALUE);
    }
    for (int fill : new int[] {0, 1, 0xff}) {
      byte[] huge = new byte[HUGE];
      java.util.Arrays.fill(huge, (byte) fill);
      refuseAll(Bytes.wrap(huge), 10_000, MAX_ALLOCATED);
    }
  }

  /** A good input with junk in its middle. */
  private Bytes splice(Random random, Bytes junk) {
    Bytes good = run().scenario().updates().get(random.nextInt(run().scenario().updates().size()));
    int at = random.nextInt(good.size());
    int end = Math.min(good.size(), at + junk.size());
    return Bytes.concat(good.slice(0, at), junk.slice(0, end - at), good.slice(end, good.size()));
  }

  /**
   * @param mostAllocated bytes that each refusal may take
   */
  private void refuseAll(Bytes junk, long units, long mostAllocated) {
    Claim good = run().scenario().claims().getFirst();
    List<Input> inputs =
        List.of(
            new Input.Anchor(junk),
            new Input.Update(junk, run().scenario().nowSeconds()),
            new Input.Evidence(junk),
            new Input.Membership(new Claim(junk, good.value(), good.proof())),
            new Input.Membership(new Claim(good.path(), junk, good.proof())),
            new Input.Membership(new Claim(good.path(), good.value(), junk)),
            new Input.Absence(good.path(), junk));
    // Nothing may stand under a random path, and a proof may show it: it only must not throw.
    run().judge(run().last(), new Input.Absence(junk, good.proof()), new Budget(units));
    for (Input input : inputs) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      boolean accepted = run().judge(run().last(), input, new Budget(units)).isAccepted();
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(accepted).isFalse();
      assertThat(allocated)
          .as("bytes allocated to refuse %d bytes of %s", junk.size(), input.getClass())
          .isLessThan(mostAllocated);
    }
    for (Input input : inputs.subList(1, inputs.size())) {
      Verdict<?> verdict;
      try {
        verdict = run().judge(ClientState.EMPTY, input, new Budget(units));
      } catch (dev.trestle.base.TrestleException noState) {
        continue;
      }
      assertThat(verdict.isAccepted()).as("a client without state").isFalse();
    }
  }

  @Test
  void aProofOfOneFactProvesNoOther() {
    List<Claim> claims = run().scenario().claims();
    for (Claim a : claims) {
      for (Claim b : claims) {
        for (Claim mixed :
            List.of(
                new Claim(a.path(), a.value(), b.proof()),
                new Claim(a.path(), b.value(), a.proof()),
                new Claim(a.path(), b.value(), b.proof()),
                new Claim(b.path(), a.value(), a.proof()))) {
          if (!claims.contains(mixed)) {
            refused(new Input.Membership(mixed));
          }
        }
      }
    }
  }

  @Test
  void absenceIsNotProvedByRelabelling() {
    List<Input.Absence> absences = run().scenario().absences();
    for (Claim claim : run().scenario().claims()) {
      Verdict<?> verdict = refused(new Input.Absence(claim.path(), claim.proof()));
      if (absences.isEmpty()) {
        assertThat(Run.code(verdict)).isEqualTo(RejectionCode.NOT_SUPPORTED.code());
      }
      for (Input.Absence absence : absences) {
        refused(new Input.Absence(claim.path(), absence.proof()));
        refused(new Input.Membership(new Claim(absence.path(), claim.value(), absence.proof())));
        refused(new Input.Membership(new Claim(absence.path(), claim.value(), claim.proof())));
        refused(new Input.Membership(new Claim(absence.path(), Bytes.EMPTY, absence.proof())));
      }
    }
    for (Input.Absence a : absences) {
      for (Input.Absence b : absences) {
        Input.Absence mixed = new Input.Absence(a.path(), b.proof());
        if (!absences.contains(mixed) && !sameMeaning(a, mixed)) {
          refused(mixed);
        }
      }
    }
  }

  private Verdict<?> refused(Input input) {
    Verdict<?> verdict = run().judge(run().last(), input, new Budget(Run.AMPLE));
    assertThat(verdict.isAccepted()).as("%s", input).isFalse();
    return verdict;
  }
}
