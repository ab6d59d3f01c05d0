package dev.trestle.lightclient;

import java.util.Optional;

/**
 * One consensus family. Found by {@link java.util.ServiceLoader}: a new family is a new module and
 * one line in {@code META-INF/services}.
 */
public interface LightClientFamily {
  /** Family and version of its state format, for example {@code bitcoin-pow/1}. Stable. */
  String type();

  /** The verifier. Stateless: all state is in the {@link ClientView} it is given. */
  LightClient client();

  /** How a committee holds coins on chains of this family, if the ledger can check it. */
  default Optional<CustodyRules> custody() {
    return Optional.empty();
  }

  /** How messages of our contracts look on chains of this family, if there are contracts. */
  default Optional<MessageRules> messages() {
    return Optional.empty();
  }

  /**
   * How it is proved that a packet was not received in time. Empty for families without proofs of
   * absence: packets to their chains do not expire.
   */
  default Optional<TimeoutRules> timeouts() {
    return Optional.empty();
  }

  /** How a committee's signatures become an update, for families of attested headers. */
  default Optional<AttestationRules> attestations() {
    return Optional.empty();
  }
}
