package dev.trestle.lightclient.corda;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** One notary of an R3 Corda 4 network. */
public final class CordaFamily implements LightClientFamily {
  public static final String TYPE = "corda/1";

  private final CordaClient client = new CordaClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
