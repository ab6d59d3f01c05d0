package dev.trestle.lightclient.cometbft;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** Chains of CometBFT: the Cosmos ecosystem. */
public final class CometFamily implements LightClientFamily {
  public static final String TYPE = "cometbft/1";

  private final CometClient client = new CometClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
