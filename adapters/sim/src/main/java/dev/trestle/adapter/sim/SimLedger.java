package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.Optional;

/** Who owns what after some blocks. */
interface SimLedger {
  /** Whether a transaction can ever be included, and has effect now. */
  sealed interface Outcome {
    record Ok() implements Outcome {}

    /** Included without effect. */
    record Reverts(AdapterError error) implements Outcome {}

    /** Not now; perhaps after other transactions or later. */
    record NotNow(AdapterError error) implements Outcome {}

    /** Never again on this branch. */
    record Never(AdapterError error) implements Outcome {}
  }

  /**
   * @param time of the chain's clock that lock times and expiries are compared with
   */
  Outcome check(SimTransaction tx, long time);

  /** Applies a transaction that {@link #check} found to be Ok or to revert. */
  void apply(SimTransaction tx, long time);

  Amount balance(Bytes owner);

  /** Coins out of nothing. */
  void mint(Hash32 id, Bytes owner, Amount amount);

  /** Which inputs or nonce a transaction uses up, to find conflicts. */
  Optional<String> firstConflict(SimTransaction tx, SimTransaction other);
}
