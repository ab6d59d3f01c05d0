package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterDescriptor;
import dev.trestle.adapter.AdapterDescriptor.Capability;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapterProvider;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import java.util.Set;

/** EVM chains over JSON-RPC. */
public final class EthereumAdapterProvider implements ChainAdapterProvider {
  private static final AdapterDescriptor DESCRIPTOR =
      new AdapterDescriptor(
          "ethereum",
          "1",
          EvmOptions.NAMESPACE,
          AttestedEvmFamily.TYPE,
          Set.of(
              Capability.HEADERS,
              Capability.MEMBERSHIP,
              Capability.EVENTS,
              Capability.SUBMIT,
              Capability.HTLC,
              Capability.PACKETS,
              Capability.QUORUM_READ,
              Capability.DEPLOY),
          EvmOptions.describe());

  @Override
  public AdapterDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ChainAdapter create(AdapterContext context, ChainConfig config) {
    return new EvmAdapter(context, config);
  }
}
