package dev.trestle.relay.node;

import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import java.util.List;

/**
 * A set of validators and the first height that it certifies; it does so until the next era.
 *
 * @param since at least 1
 */
record Era(long since, ValidatorSet validators) {
  /** The set of the genesis, from block 1 on. */
  static Era first(Genesis genesis) {
    return new Era(1, setOf(genesis.validators()));
  }

  static Era of(ValidatorsRecord stored) {
    return new Era(stored.since(), setOf(stored.members()));
  }

  static ValidatorSet setOf(List<Genesis.Validator> members) {
    return ValidatorSet.of(members.stream().map(Genesis.Validator::key).toList());
  }

  /**
   * The set that certifies {@code height}.
   *
   * @param eras of a chain, the oldest first
   */
  static ValidatorSet validatorsAt(List<Era> eras, long height) {
    return eras.reversed().stream()
        .filter(era -> era.since() <= height)
        .findFirst()
        .orElse(eras.getFirst())
        .validators();
  }
}
