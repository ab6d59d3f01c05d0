package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The way of one transaction to its expensive checks. Execution looks each of them up and makes it
 * if it is not there; what runs a transaction ahead makes all of them and notes the answers.
 */
final class Checks {
  private final Binding binding;
  private final Answers found;
  private final Optional<Map<Hash32, Answer<?>>> noted;

  private Checks(Binding binding, Answers found, Optional<Map<Hash32, Answer<?>>> noted) {
    this.binding = binding;
    this.found = found;
    this.noted = noted;
  }

  /** With nothing found out before. */
  static Checks all() {
    return known(Binding.EVERYTHING, Answers.NONE);
  }

  static Checks known(Binding binding, Answers found) {
    return new Checks(binding, found, Optional.empty());
  }

  /** That notes each answer. */
  static Checks noting(Binding binding) {
    return new Checks(binding, Answers.NONE, Optional.of(new HashMap<>()));
  }

  /**
   * The answer to a question; the budget is charged what the check costs, whenever it was made.
   *
   * @param view of the state of the client that is asked
   */
  <T> Verdict<T> ask(Question<T> question, ClientView view, Budget budget) {
    if (noted.isPresent()) {
      return note(noted.get(), question, view, budget);
    }
    if (found.isEmpty()) {
      return question.compute(view, budget);
    }
    long before = budget.left();
    Optional<Answer<?>> known =
        found.find(binding.key(question, before)).filter(each -> binding.holds(each, view));
    if (known.isEmpty()) {
      return question.compute(view, budget);
    }
    if (!budget.charge(before - known.get().left())) {
      throw new IllegalStateException("a check charges no more than there is");
    }
    return known.get().verdict(question.says());
  }

  private <T> Verdict<T> note(
      Map<Hash32, Answer<?>> to, Question<T> question, ClientView view, Budget budget) {
    long before = budget.left();
    Map<Bytes, Optional<Bytes>> read = new HashMap<>();
    Verdict<T> verdict = question.compute(key -> read.computeIfAbsent(key, view::get), budget);
    if (binding.isWorthKeeping(question, before - budget.left())) {
      to.putIfAbsent(
          binding.key(question, before),
          new Answer<>(read, budget.left(), question.isTimed(), verdict));
    }
    return verdict;
  }

  /**
   * What was noted.
   *
   * @param units that all checks of the transaction took
   */
  Answers answers(long units) {
    return new Answers(noted.orElse(Map.of()), units);
  }
}
