package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.notary.CommitteeLedger.RouteFee;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member whose limit on fees is below what a route pays says so before coins depend on it. */
class FeeLimitTest extends OneMemberFixture {
  private static final Hash32 OTHER = Digests.sha256(Bytes.utf8("another route"));
  private static final long LIMIT = World.POLICY.maxFeeRate();

  private final LogLines log = new LogLines();

  @AfterEach
  void stopReading() {
    log.close();
  }

  private void pays(Hash32 route, long feeRate) {
    world.fees.removeIf(fee -> fee.routeId().equals(route));
    world.fees.add(new RouteFee(route, World.ASSET, feeRate));
  }

  @Test
  void aRouteAboveTheLimitIsToldOnceAndAgainWhenItChanges() {
    pays(World.ROUTE, LIMIT);
    member.run();
    assertThat(log.take()).isEmpty();
    assertThat(member.routes()).isEqualTo(Map.of(World.ROUTE, true));

    pays(OTHER, LIMIT + 1); // a route appears
    for (int look = 0; look < 5; look++) {
      member.run();
    }
    assertThat(log.take())
        .singleElement()
        .asString()
        .contains(OTHER.toString(), World.ASSET.toString(), "pays 101 ", "maxFeeRate is 100");
    assertThat(member.routes()).isEqualTo(Map.of(World.ROUTE, true, OTHER, false));

    pays(OTHER, LIMIT + 2); // it changes
    pays(World.ROUTE, LIMIT + 7);
    member.run();
    member.run();
    assertThat(log.take()).hasSize(2).anyMatch(line -> line.contains("pays 102 "));

    pays(OTHER, LIMIT);
    pays(World.ROUTE, LIMIT);
    member.run();
    assertThat(log.take()).isEmpty();
    assertThat(member.routes()).isEqualTo(Map.of(World.ROUTE, true, OTHER, true));
    pays(OTHER, LIMIT + 2);
    member.run();
    assertThat(log.take()).as("it is above it anew").hasSize(1);
  }

  /** At the start: the first look, also of a member that signs nothing any more. */
  @Test
  void theFirstLookTells() {
    pays(World.ROUTE, LIMIT + 1);
    member.halt("a test");
    member.run();
    assertThat(log.take()).anyMatch(line -> line.contains(World.ROUTE.toString()));
  }
}
