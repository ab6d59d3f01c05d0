package dev.trestle.lightclient.attested;

import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.lightclient.evm.BridgeTimeouts;
import java.util.Optional;

/** EVM chains whose headers a committee attests. */
public final class AttestedEvmFamily implements LightClientFamily {
  public static final String TYPE = "attested-evm/1";

  private final AttestedEvmClient client = new AttestedEvmClient();
  private final MessageRules messages = new BridgeMessages();
  private final TimeoutRules timeouts = new BridgeTimeouts();
  private final AttestationRules attestations = new CommitteeAttestations();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }

  @Override
  public Optional<MessageRules> messages() {
    return Optional.of(messages);
  }

  @Override
  public Optional<AttestationRules> attestations() {
    return Optional.of(attestations);
  }

  @Override
  public Optional<TimeoutRules> timeouts() {
    return Optional.of(timeouts);
  }
}
