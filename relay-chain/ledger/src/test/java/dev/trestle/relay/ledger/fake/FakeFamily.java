package dev.trestle.relay.ledger.fake;

import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.packet.Packet;
import java.util.EnumSet;
import java.util.Optional;

/** Sealed headers, coins and contract messages. */
public final class FakeFamily implements LightClientFamily {
  public static final String TYPE = "fake/1";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return new FakeClient();
  }

  @Override
  public Optional<CustodyRules> custody() {
    return Optional.of(new FakeCustody());
  }

  @Override
  public Optional<MessageRules> messages() {
    return Optional.of(new FakeMessages());
  }

  @Override
  public Optional<TimeoutRules> timeouts() {
    return Optional.of(
        new FakeState(
            EnumSet.of(
                Packet.Timeout.Clock.DESTINATION_TIME, Packet.Timeout.Clock.DESTINATION_HEIGHT)));
  }
}
