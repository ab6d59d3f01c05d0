package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** Chains of the Polkadot family by BEEFY. */
public final class BeefyFamily implements LightClientFamily {
  public static final String TYPE = "beefy/1";

  private final BeefyClient client = new BeefyClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
