package dev.trestle.adapter;

import java.util.List;
import java.util.Set;

/**
 * What an adapter is and can do; declared, never guessed.
 *
 * @param id stable name, for example {@code bitcoin}
 * @param version of the adapter
 * @param namespace CAIP-2 namespace of the chains it serves
 * @param clientType {@code LightClientFamily.type()} that verifies these chains
 */
public record AdapterDescriptor(
    String id,
    String version,
    String namespace,
    String clientType,
    Set<Capability> capabilities,
    List<ConfigKey> configuration) {
  public AdapterDescriptor {
    capabilities = Set.copyOf(capabilities);
    configuration = List.copyOf(configuration);
  }

  /** What an adapter may offer. */
  public enum Capability {
    HEADERS,
    MEMBERSHIP,
    NON_MEMBERSHIP,
    EVENTS,
    SUBMIT,
    FEE_BUMP,
    HTLC,
    CUSTODY,
    PACKETS,
    QUORUM_READ,
    DEPLOY
  }

  /** A configuration key; unknown keys are refused. */
  public record ConfigKey(String name, boolean required, String meaning) {}
}
