package dev.trestle.lightclient.xrpl;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;

/** The XRP Ledger and networks with its consensus. */
public final class XrplFamily implements LightClientFamily {
  public static final String TYPE = "xrpl/1";

  private final XrplClient client = new XrplClient();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return client;
  }
}
