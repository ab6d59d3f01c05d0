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
    Reads reads = new Reads(view);
    Verdict<T> verdict = question.compute(reads, budget);
    if (!reads.failed && binding.isWorthKeeping(question, before - budget.left())) {
      to.putIfAbsent(
          binding.key(question, before),
          new Answer<>(reads.seen, budget.left(), question.isTimed(), verdict));
    }
    return verdict;
  }

  /**
   * Notes what is read. A read that failed is no part of the state: what a check makes of it, if it
   * catches that, is no answer.
   */
  private static final class Reads implements ClientView {
    private final ClientView view;
    private final Map<Bytes, Optional<Bytes>> seen = new HashMap<>();
    private boolean failed;

    Reads(ClientView view) {
      this.view = view;
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
      try {
        return seen.computeIfAbsent(key, view::get);
      } catch (RuntimeException fault) {
        failed = true;
        throw fault;
      }
    }
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
