package dev.trestle.lightclient.ethereum;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.lightclient.evm.BridgeTimeouts;
import java.util.Optional;

/** Ethereum and chains of its consensus, by sync committees. */
public final class EthereumFamily implements LightClientFamily {
  public static final String TYPE = "ethereum-sync/1";

  private final LightClient client = new EthereumClient();
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
