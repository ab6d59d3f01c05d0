package dev.trestle.dist.role;

import dev.trestle.notary.CommitteeMember;
import dev.trestle.relay.node.RoleMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** What one committee member shows among the figures of its relay node. */
final class NotaryMetrics implements RoleMetrics {
  private static final String PREFIX = "trestle.notary.";

  private final CommitteeMember member;
  private final ChainsFile chains;
  private final List<Runnable> refreshes = new ArrayList<>();

  NotaryMetrics(CommitteeMember member, ChainsFile chains) {
    this.member = member;
    this.chains = chains;
  }

  @Override
  public void bind(MeterRegistry registry) {
    Gauge.builder(PREFIX + "halted", member, each -> flag(each.halted().isPresent()))
        .description("1 while it signs nothing until it is started again")
        .register(registry);
    MultiGauge usable =
        MultiGauge.builder(PREFIX + "chain.usable")
            .description("1 if the member's own nodes of the chain answer and are that chain")
            .register(registry);
    MultiGauge refused =
        MultiGauge.builder(PREFIX + "route.refused")
            .description("1 if the route's fee rate is above maxFeeRate: none of it is signed")
            .register(registry);
    refreshes.add(
        () -> {
          List<MultiGauge.Row<?>> rows = new ArrayList<>();
          chains
              .states()
              .forEach(
                  (chain, trouble) ->
                      rows.add(
                          MultiGauge.Row.of(Tags.of("chain", chain), flag(trouble.isEmpty()))));
          usable.register(rows, true);
        });
    refreshes.add(
        () -> {
          List<MultiGauge.Row<?>> rows = new ArrayList<>();
          member
              .routes()
              .forEach(
                  (route, allowed) ->
                      rows.add(MultiGauge.Row.of(Tags.of("route", route.toHex()), flag(!allowed))));
          refused.register(rows, true);
        });
  }

  @Override
  public void refresh() {
    refreshes.forEach(Runnable::run);
  }

  private static double flag(boolean holds) {
    return holds ? 1 : 0;
  }
}
