package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import java.util.Optional;

/**
 * The validator's key, behind its sign guard. The core calls it in the middle of a transition, so
 * an implementation must answer the same question with the same signature every time, and must have
 * made the guard's new record durable before it returns (ADR 0002). {@link SignGuardRules} says
 * what to do; the implementation only stores and signs.
 */
public interface ConsensusSigner {
  /** The address that signatures recover to. */
  EvmAddress address();

  /**
   * A deterministic low-s signature over {@code digest}; empty when the guard refuses. The core
   * then stays silent at this position.
   */
  Optional<EcdsaSignature> sign(SignPosition position, Hash32 digest);
}
