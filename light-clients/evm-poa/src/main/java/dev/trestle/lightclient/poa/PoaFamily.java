package dev.trestle.lightclient.poa;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.lightclient.evm.BridgeTimeouts;
import java.util.Optional;

/** Permissioned EVM chains: QBFT, IBFT 2.0 and Clique. */
public final class PoaFamily implements LightClientFamily {
  public static final String TYPE = "evm-poa/1";

  private final LightClient client = new PoaClient();
  private final MessageRules messages = new BridgeMessages();
  private final TimeoutRules timeouts = new BridgeTimeouts();

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
  public Optional<TimeoutRules> timeouts() {
    return Optional.of(timeouts);
  }
}
