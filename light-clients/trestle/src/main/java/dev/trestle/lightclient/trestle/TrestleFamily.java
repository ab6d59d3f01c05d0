package dev.trestle.lightclient.trestle;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** Relay chains of other hubs. */
public final class TrestleFamily implements LightClientFamily {
  public static final String TYPE = "trestle/1";

  private final LightClient client = new TrestleClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
