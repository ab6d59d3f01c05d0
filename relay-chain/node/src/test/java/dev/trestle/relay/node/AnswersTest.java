package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private static final Hash32 DEAF = Digests.sha256(Bytes.utf8("does not read"));
  private static final Hash32 OTHER = Digests.sha256(Bytes.utf8("reads"));

  private final Queue<Runnable> worker = new ArrayDeque<>();
  private final List<String> made = new ArrayList<>();
  private final Deque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
  private final Answers answers = new Answers(worker::add);

  private CompletableFuture<Boolean> ask(Hash32 peer, String question) {
    return answers.give(peer, () -> make(question));
  }

  private CompletionStage<Void> make(String question) {
    made.add(question);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    underWay.add(sent);
    return sent;
  }

  private void work() {
    while (!worker.isEmpty()) {
      worker.remove().run();
    }
  }

  @Test
  void theNextAnswerIsMadeWhenTheOneBeforeIsOnItsWay() {
    List<CompletableFuture<Boolean>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      asked.add(ask(DEAF, "q" + i));
    }
    work();
    assertThat(made).as("however much it asks").containsExactly("q0");
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    CompletableFuture<Boolean> others = ask(OTHER, "of the other");
    work();
    assertThat(made).containsExactly("q0", "of the other");
    underWay.removeLast().complete(null);
    assertThat(others).isCompletedWithValue(true);
    underWay.removeFirst().complete(null);
    assertThat(asked.getFirst()).isCompletedWithValue(true);
    work();
    assertThat(made).containsExactly("q0", "of the other", "q1");
  }

  @Test
  void whatIsNoQuestionFailsAloneAndTheNextIsAnswered() {
    CompletableFuture<Boolean> bad =
        answers.give(
            DEAF,
            () -> {
              throw new IllegalArgumentException("no question");
            });
    CompletableFuture<Boolean> good = ask(DEAF, "good");
    work();
    assertThat(bad).isCompletedExceptionally();
    assertThat(made).containsExactly("good");
    underWay.remove().complete(null);
    assertThat(good).isCompletedWithValue(true);
  }

  @Test
  void whoLeavesIsAnsweredNoMoreAndForgotten() {
    CompletableFuture<Boolean> first = ask(DEAF, "first");
    CompletableFuture<Boolean> second = ask(DEAF, "second");
    work();
    answers.left(DEAF);
    assertThat(answers.peers()).isZero();
    underWay.remove().complete(null); // a connection that ends completes what it was to send
    work();
    assertThat(made).containsExactly("first");
    assertThat(first).isCompletedWithValue(true);
    assertThat(second).as("its allowance is given back").isCompletedWithValue(true);
    CompletableFuture<Boolean> again = ask(DEAF, "on a new connection");
    work();
    assertThat(made).containsExactly("first", "on a new connection");
    underWay.remove().complete(null);
    assertThat(again).isCompletedWithValue(true);
  }
}
