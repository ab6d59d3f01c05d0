package dev.trestle.relay.node;

import dev.trestle.relay.ledger.Genesis;
import java.util.List;
import java.util.Optional;

/**
 * Who certifies blocks, as of a committed state. Each set is in ascending order.
 *
 * @param current certifies the block after the state
 * @param previous certified the block of the state, if that was another set
 * @param planned takes over at the end of an epoch, once each of its new members is at work
 */
public record ValidatorSets(
    List<Genesis.Validator> current,
    Optional<List<Genesis.Validator>> previous,
    Optional<List<Genesis.Validator>> planned) {
  public ValidatorSets {
    current = List.copyOf(current);
    previous = previous.map(List::copyOf);
    planned = planned.map(List::copyOf);
  }

  /** Those of the genesis, for a machine that never changes them. */
  public static ValidatorSets fixed(Genesis genesis) {
    return new ValidatorSets(genesis.validators(), Optional.empty(), Optional.empty());
  }
}
