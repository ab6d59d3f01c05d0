package dev.trestle.lightclient.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClient;
import java.util.ArrayList;
import java.util.List;

/**
 * A scenario that has been played: the states between its updates, and every input with its state.
 */
final class Run {
  /** More than any input may use. */
  static final long AMPLE = 1_000_000_000_000_000L;

  /** An input that is accepted in a state. */
  record Good(Input input, ClientState state) {}

  private final LightClient client;
  private final Scenario scenario;
  private final List<ClientState> states = new ArrayList<>();

  Run(LightClient client, Scenario scenario) {
    this.client = client;
    this.scenario = scenario;
    ClientState state =
        ClientState.EMPTY.with(client.initialize(scenario.anchor(), new Budget(AMPLE)).orThrow());
    states.add(state);
    for (Bytes update : scenario.updates()) {
      var verified =
          client.verify(state, update, new Budget(AMPLE), scenario.nowSeconds()).orThrow();
      state = state.with(client.apply(state, verified));
      assertThat(client.latest(state)).as("head of the update").isEqualTo(verified.head());
      states.add(state);
    }
  }

  Scenario scenario() {
    return scenario;
  }

  ClientState last() {
    return states.getLast();
  }

  ClientState beforeLast() {
    return states.get(states.size() - 2);
  }

  /** Every input that must be accepted, the anchor left out. */
  List<Good> good() {
    List<Good> good = new ArrayList<>();
    for (int i = 0; i < scenario.updates().size(); i++) {
      good.add(
          new Good(
              new Input.Update(scenario.updates().get(i), scenario.nowSeconds()), states.get(i)));
    }
    for (Claim claim : scenario.claims()) {
      good.add(new Good(new Input.Membership(claim), last()));
    }
    scenario.absences().forEach(absence -> good.add(new Good(absence, last())));
    scenario.misbehaviour().forEach(bad -> good.add(new Good(new Input.Evidence(bad), last())));
    return good;
  }

  /** What the client says; never throws for bad input, or the test fails. */
  Verdict<?> judge(ClientState state, Input input, Budget budget) {
    return switch (input) {
      case Input.Anchor(Bytes anchor) -> client.initialize(anchor, budget);
      case Input.Update(Bytes message, long now) -> client.verify(state, message, budget, now);
      case Input.Evidence(Bytes evidence) ->
          client.checkMisbehaviour(state, evidence, budget, scenario.nowSeconds());
      case Input.Membership(Claim claim) -> client.membership(state, claim, budget);
      case Input.Absence(Bytes path, Bytes proof) ->
          client.nonMembership(state, path, proof, budget);
    };
  }

  Verdict<?> judge(Good good) {
    return judge(good.state(), good.input(), new Budget(AMPLE));
  }

  /** Code of what is not accepted; {@code accepted} otherwise. */
  static String code(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "accepted";
      case Verdict.Ignored<?>(ReasonCode reason, String detail) -> reason.code();
      case Verdict.Rejected<?>(ReasonCode reason, String detail) -> reason.code();
      case Verdict.Later<?>(ReasonCode reason, String detail) -> reason.code();
    };
  }
}
