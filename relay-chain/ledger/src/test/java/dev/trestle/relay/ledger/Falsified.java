package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.lightclient.Budget;
import dev.trestle.relay.ledger.fake.FakeFamily;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.function.Consumer;

/** Runs the ledger's own handler on a hub's state, then lets a bug change what it wrote. */
record Falsified(Hub hub, Handlers handlers) {
  Falsified(Hub hub) {
    this(hub, new Handlers(new Deposits()));
  }

  Execution execution() {
    return execution(hub.ledger.head().timeMillis() + 1_000);
  }

  /**
   * @param timeMillis of the block
   */
  Execution execution(long timeMillis) {
    return new Execution(
        hub.genesis,
        hub.hubId(),
        Families.of(List.of(new FakeFamily())),
        new BlockContext(hub.ledger.head().height() + 1, timeMillis),
        new Overlay(hub.view().state()),
        new Budget(1_000_000),
        0);
  }

  /** Without the bug the step passes, with it exactly this invariant stops it. */
  void catches(Invariant invariant, TransactionBody body, Consumer<Execution> bug) {
    Execution good = execution();
    assertThat(handlers.handle(good, hub.user.publicKey(), body)).isEqualTo(Outcome.APPLIED);
    assertThatCode(() -> StepInvariants.check(good.step(body))).doesNotThrowAnyException();
    Execution bad = execution();
    handlers.handle(bad, hub.user.publicKey(), body);
    caught(invariant, body, bad, bug);
  }

  /** The bug alone writes. */
  static void caught(
      Invariant invariant, TransactionBody body, Execution bad, Consumer<Execution> bug) {
    bug.accept(bad);
    assertThatThrownBy(() -> StepInvariants.check(bad.step(body)))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant())
                    .as(String.valueOf(violation.getMessage()))
                    .isEqualTo(invariant));
  }
}
