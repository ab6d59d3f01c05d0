package dev.trestle.lightclient.contract.toy;

import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import java.util.Optional;

/** The example of {@code light-clients/docs/adding-a-family.md}. */
public final class ToyFamily implements LightClientFamily {
  private static final LightClient CLIENT = new ToyClient(Optional.empty());

  @Override
  public String type() {
    return "toy/1";
  }

  @Override
  public LightClient client() {
    return CLIENT;
  }
}
