package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.List;

/** A client that believes everything: registration must find out. */
public final class CredulousFamily implements LightClientFamily {
  public static final String TYPE = "credulous/1";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return new FakeClient() {
      @Override
      public Verdict<VerifiedUpdate> verify(
          ClientView view, Bytes message, Budget budget, long nowSeconds) {
        FakeHeader head = head(view);
        FakeHeader next =
            new FakeHeader(head.id(), head.height() + 1, head.seconds() + 1, Hash32.ZERO);
        return Verdict.accept(new Update(List.of(next)));
      }
    };
  }
}
