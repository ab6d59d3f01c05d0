package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A family's client behind its fuzz targets: whatever comes in, it gives a verdict; what it accepts
 * can be applied; and no claim is accepted but what the scenario holds to be true.
 */
public final class FuzzedClient {
  /** Work that one input may cost. */
  private static final long UNITS = 1_000_000;

  /** Larger inputs make poor seeds, and a poor repository. */
  private static final int MAX_SEED = 8 << 10;

  private static final int SIZES = 4;

  private final LightClient client;
  private final Run run;
  private final List<ClientState> states;
  private final Predicate<Claim> alsoTrue;

  /**
   * @param scenario its first and its last state are fuzzed; its claims are all that is true and
   *     that an input made of its parts could prove
   */
  public FuzzedClient(LightClient client, Scenario scenario) {
    this(client, scenario, claim -> false);
  }

  /**
   * @param alsoTrue what else is true, where parts of the scenario prove more than it says
   */
  public FuzzedClient(LightClient client, Scenario scenario, Predicate<Claim> alsoTrue) {
    this.alsoTrue = alsoTrue;
    this.client = client;
    this.run = new Run(client, scenario);
    ClientState first =
        ClientState.EMPTY.with(
            client.initialize(scenario.anchor(), new Budget(Run.AMPLE)).orThrow());
    this.states = List.of(first, run.last());
  }

  /** Target {@code anchors}. */
  public void anchor(Bytes input) {
    if (client.initialize(input, new Budget(UNITS)) instanceof Verdict.Accepted<?>) {
      ClientState state =
          ClientState.EMPTY.with(client.initialize(input, new Budget(UNITS)).orThrow());
      client.status(state, run.scenario().nowSeconds());
      client.latest(state);
    }
  }

  /** Target {@code messages}: updates and evidence. */
  public void message(Bytes input) {
    long now = run.scenario().nowSeconds();
    for (ClientState state : states) {
      Verdict<VerifiedUpdate> verdict = client.verify(state, input, new Budget(UNITS), now);
      if (verdict instanceof Verdict.Accepted<VerifiedUpdate>(VerifiedUpdate update)) {
        ClientState next = state.with(client.apply(state, update));
        if (!client.latest(next).equals(update.head())) {
          throw new AssertionError("the update's head is not the latest: " + input);
        }
      }
      client.checkMisbehaviour(state, input, new Budget(UNITS), now);
    }
  }

  /**
   * Target {@code claims}: {@code u16 size of the path | u16 size of the value | path | value |
   * proof}.
   *
   * @throws AssertionError if what is not true is accepted
   */
  public void claim(Bytes input) {
    if (input.size() < SIZES) {
      return;
    }
    int left = input.size() - SIZES;
    int pathEnd = SIZES + Math.min(left, input.at(0) << 8 | input.at(1));
    int valueEnd = Math.min(input.size(), pathEnd + (input.at(2) << 8 | input.at(3)));
    Bytes path = input.slice(SIZES, pathEnd);
    Bytes proof = input.slice(valueEnd, input.size());
    Claim claim = new Claim(path, input.slice(pathEnd, valueEnd), proof);
    for (ClientState state : states) {
      if (client.membership(state, claim, new Budget(UNITS)) instanceof Verdict.Accepted<?>
          && !isTrue(claim)) {
        throw new AssertionError("a claim that is not true: " + claim);
      }
      Verdict<ProvenFact> absent = client.nonMembership(state, path, proof, new Budget(UNITS));
      if (absent.isAccepted()
          && run.scenario().claims().stream().anyMatch(each -> each.path().equals(path))) {
        throw new AssertionError("absence of what is there: " + path);
      }
    }
  }

  private boolean isTrue(Claim claim) {
    return alsoTrue.test(claim)
        || run.scenario().claims().stream()
            .anyMatch(
                each -> each.path().equals(claim.path()) && each.value().equals(claim.value()));
  }

  /** The scenario's inputs in the targets' formats, by {@code target/name}. */
  public SortedMap<String, Bytes> seeds() {
    SortedMap<String, Bytes> seeds = new TreeMap<>();
    Scenario scenario = run.scenario();
    seeds.put("anchors/anchor", scenario.anchor());
    number(seeds, "messages/update", scenario.updates());
    number(seeds, "messages/honest-evidence", scenario.honestEvidence());
    number(seeds, "messages/misbehaviour", scenario.misbehaviour());
    seeds.putAll(claimSeeds("claims"));
    return seeds;
  }

  /** The scenario's claims and absences as seeds of a target. */
  public SortedMap<String, Bytes> claimSeeds(String target) {
    SortedMap<String, Bytes> seeds = new TreeMap<>();
    Scenario scenario = run.scenario();
    List<Bytes> claims =
        scenario.claims().stream()
            .map(each -> claim(each.path(), each.value(), each.proof()))
            .toList();
    List<Bytes> absences =
        scenario.absences().stream()
            .map(each -> claim(each.path(), Bytes.EMPTY, each.proof()))
            .toList();
    number(seeds, target + "/claim", claims);
    number(seeds, target + "/absence", absences);
    return seeds;
  }

  private static void number(SortedMap<String, Bytes> seeds, String name, List<Bytes> values) {
    List<Bytes> small = new ArrayList<>(values);
    small.removeIf(each -> each.size() > MAX_SEED);
    for (int i = 0; i < small.size(); i++) {
      seeds.put(name + "-" + i, small.get(i));
    }
  }

  private static Bytes claim(Bytes path, Bytes value, Bytes proof) {
    byte[] sizes = {
      (byte) (path.size() >> 8), (byte) path.size(), (byte) (value.size() >> 8), (byte) value.size()
    };
    return Bytes.concat(Bytes.wrap(sizes), path, value, proof);
  }
}
