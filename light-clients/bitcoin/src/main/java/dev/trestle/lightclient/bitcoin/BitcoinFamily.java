package dev.trestle.lightclient.bitcoin;

import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import java.util.Optional;

/** Bitcoin and Litecoin: chains with the header of Bitcoin and proof of work. */
public final class BitcoinFamily implements LightClientFamily {
  /** Family and version of the state format. */
  public static final String TYPE = "bitcoin-pow/1";

  private static final BitcoinLightClient CLIENT = new BitcoinLightClient();
  private static final TaprootCustody CUSTODY = new TaprootCustody();

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return CLIENT;
  }

  @Override
  public Optional<CustodyRules> custody() {
    return Optional.of(CUSTODY);
  }
}
