package dev.trestle.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.relayer.Refusals;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PatientSenderTest {
  private final List<TransactionBody> submitted = new ArrayList<>();

  /** Of everything that is submitted; empty if no block comes in time. */
  private Optional<Receipt.Outcome> outcome = Optional.empty();

  /** What waits for a block, when that takes its time. */
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  private final PatientSender<String> sender = new PatientSender<>(this::submit, waiting::add);

  private Receipt submit(TransactionBody body) {
    submitted.add(body);
    return outcome
        .map(found -> new Receipt(Hash32.ZERO, found, "code", "", List.of()))
        .orElseThrow(() -> new TrestleException(ProblemCode.RELAY_NO_QUORUM, "no block"));
  }

  /** Another body for every number, as a signature with fresh randomness is. */
  private static TransactionBody body(int number) {
    return new TransactionBody.Pause(
        new PauseSubject.Route(Digests.sha256(Bytes.utf8("body " + number))));
  }

  private void look(String thing, int number) {
    if (sender.isDue(thing)) {
      sender.send(thing, body(number));
    }
  }

  private void blocksCome() {
    while (!waiting.isEmpty()) {
      waiting.pop().run();
    }
  }

  /** Looks at which it is always answered at once. */
  private void looks(int count) {
    for (int i = 0; i < count; i++) {
      look("thing", i);
      blocksCome();
    }
  }

  @Test
  void whatIsUnderWayIsNotSentAgain() {
    for (int i = 0; i < 10_000; i++) {
      look("thing", i);
    }
    assertThat(waiting).hasSize(1);
    sender.send("thing", body(1));
    assertThat(waiting).hasSize(1);
    look("another", 1);
    assertThat(waiting).hasSize(2);
    outcome = Optional.of(Receipt.Outcome.APPLIED);
    blocksCome();
    assertThat(submitted).hasSize(2);
    assertThat(sender.isDue("thing")).as("if it is missing again").isTrue();
  }

  @Test
  void whatIsRefusedIsSentEverLessOftenAndAnew() {
    outcome = Optional.of(Receipt.Outcome.FAILED);
    looks(1_000);
    assertThat(submitted).hasSizeBetween(8, 10).doesNotHaveDuplicates();
    submitted.clear();
    looks(10 * Refusals.MAX_LOOKS);
    assertThat(submitted).as("but it is sent").hasSizeBetween(8, 12);
  }

  /** So that the mempool knows it, when it still waits there. */
  @Test
  void whatIsInNoBlockInTimeIsSentAgainAsItWas() {
    looks(1_000);
    assertThat(submitted).hasSizeBetween(8, 10).allMatch(body(0)::equals);
    outcome = Optional.of(Receipt.Outcome.FAILED);
    looks(2 * Refusals.MAX_LOOKS);
    submitted.clear();
    looks(2 * Refusals.MAX_LOOKS);
    assertThat(submitted).as("it has an answer").isNotEmpty().doesNotContain(body(0));
  }

  @Test
  void onlySoMuchIsUnderWayAtOnce() {
    for (int i = 0; i < 2 * PatientSender.MAX_UNDER_WAY; i++) {
      look("thing " + i, i);
      sender.send("thing " + i, body(i));
    }
    assertThat(waiting).hasSize(PatientSender.MAX_UNDER_WAY);
    outcome = Optional.of(Receipt.Outcome.APPLIED);
    blocksCome();
    look("thing 199", 199);
    assertThat(waiting).as("room again, and nothing to wait for").hasSize(1);
  }
}
