package dev.trestle.lightclient.fabric;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** Channels of Hyperledger Fabric. */
public final class FabricFamily implements LightClientFamily {
  public static final String TYPE = "fabric/1";

  private final FabricClient client = new FabricClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
