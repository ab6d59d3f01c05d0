package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import java.util.ArrayList;
import java.util.List;

/**
 * What an answer is bound to: the inputs of its question, the budget that was left, and what was
 * read of the client's state. Together that is everything that {@link Question#compute} is a
 * function of. Overridden only by tests that leave something out and must be caught.
 */
class Binding {
  static final Binding EVERYTHING = new Binding();

  /**
   * Units from which an answer is worth its place: what 4 KiB of evidence are charged. To look up a
   * cheaper one takes about as long as to make it.
   */
  static final long LEAST_UNITS = 64 * Budget.HASH;

  /** All that the answer follows from, besides the state. */
  List<Bytes> inputs(Question<?> question, long budget) {
    List<Bytes> inputs = new ArrayList<>(question.inputs());
    inputs.add(new CanonicalWriter().u64(budget).toBytes());
    return inputs;
  }

  /**
   * SHA-256 of the sizes of all inputs and of the inputs: equal for the same question alone.
   *
   * @param budget units left before the check
   */
  final Hash32 key(Question<?> question, long budget) {
    List<Bytes> inputs = inputs(question, budget);
    List<Bytes> parts = new ArrayList<>(inputs);
    parts.addFirst(
        new CanonicalWriter().list(inputs, (out, each) -> out.u32(each.size())).toBytes());
    return Digests.sha256(parts.toArray(Bytes[]::new));
  }

  /**
   * Whether all that the check read stands there unchanged. A check that depends on more than that
   * would have read more: the first key that it reads follows from the question, each further one
   * from what stood under those before.
   */
  boolean holds(Answer<?> answer, ClientView view) {
    return answer.read().entrySet().stream()
        .allMatch(each -> view.get(each.getKey()).equals(each.getValue()));
  }

  /**
   * @param units that the check charged
   */
  boolean isWorthKeeping(Question<?> question, long units) {
    return question.isSignature() || units >= LEAST_UNITS;
  }
}
