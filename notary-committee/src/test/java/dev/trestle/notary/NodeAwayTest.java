package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A member one of whose nodes is away does everything else. */
class NodeAwayTest extends OneMemberFixture {
  private final Bytes resting = World.RULES.restingLock(World.HOME, world.committee()).script();
  private Optional<ChainAdapter> there = Optional.empty();

  private PlannedRelease sweep(String name) {
    CustodyRules.Coin coin = world.deposit(name, 60_000);
    return world.planned(
        new Reason.Sweep(),
        Digests.sha256(Bytes.utf8(name)),
        resting,
        coin.amount(),
        List.of(coin));
  }

  private static List<String> codes(List<CommitteeMember.Note> notes) {
    return notes.stream().map(CommitteeMember.Note::code).toList();
  }

  @Test
  void chainThatWasOutOfReachAtTheStartIsTakenUpWhenItsNodeIsThere() {
    World.burnFinally(node, 1);
    CommitteeMember late = world.member(0, () -> there, guard);
    PlannedRelease payout = world.withdrawal(1, world.coin("b", 201_000));
    try (LogLines log = new LogLines()) {
      assertThat(world.outcome(late, sweep("a"))).isEqualTo("signed");
      assertThat(log.take())
          .singleElement()
          .asString()
          .contains(World.EVM.toString(), "own-node-unavailable");
      assertThat(world.outcome(late, payout)).isEqualTo("own-node-unavailable");
      assertThat(world.outcome(late, payout)).isEqualTo("own-node-unavailable");
      assertThat(log.take())
          .as("once, not at every look")
          .singleElement()
          .asString()
          .contains(payout.id().toString(), World.EVM.toString());
      there = Optional.of(node);
      assertThat(world.outcome(late, payout)).isEqualTo("signed");
      assertThat(log.take()).isEmpty();
    }
  }

  /** A node that is silent holds up who asks it for as long as a call may take. */
  @Test
  void sweepsDoNotWaitForANodeThatDoesNotAnswer() {
    node.down = true;
    world.releases.add(sweep("a"));
    assertThat(codes(member.run())).containsExactly("signed", "unreachable");
  }

  @Test
  void eachFailureIsToldAnew() {
    try (LogLines log = new LogLines()) {
      for (boolean down : new boolean[] {true, true, false, true, true}) {
        node.down = down;
        member.run();
      }
      assertThat(log.take())
          .hasSize(2)
          .allMatch(line -> line.startsWith(World.EVM + ": unreachable"));
    }
  }
}
