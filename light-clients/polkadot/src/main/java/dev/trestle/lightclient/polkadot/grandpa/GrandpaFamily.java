package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** Chains of the Polkadot family by GRANDPA. */
public final class GrandpaFamily implements LightClientFamily {
  public static final String TYPE = "grandpa/1";

  private final GrandpaClient client = new GrandpaClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
