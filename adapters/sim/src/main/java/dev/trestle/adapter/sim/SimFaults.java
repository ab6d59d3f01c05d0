package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import java.util.Optional;

/** Decides which calls of an adapter fail, and whether before or after they had their effect. */
@FunctionalInterface
public interface SimFaults {
  /** Never a fault. */
  SimFaults NONE = call -> Optional.empty();

  /** The fault of this call; empty for none. Asked once for each call. */
  Optional<Fault> next(Call call);

  /** Calls that can fail. */
  enum Call {
    OBSERVE,
    HEALTH,
    STATUS,
    BALANCE,
    PREPARE_LOCK,
    PREPARE_CLAIM,
    PREPARE_REFUND,
    PREPARE_PAYMENT,
    BROADCAST
  }

  /**
   * @param afterEffect whether the call does its work and only the answer is lost
   */
  record Fault(AdapterError error, boolean afterEffect) {}
}
