package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.bitcoin.PeerSession.Fed;
import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Work decides, whoever comes first and however deep the branches part. */
class HeaderForestTest {
  private static final long NOW = 2_000_000_000L;
  private static final int DEPTH = 20;
  private static final List<Bytes> CHEAP = TestHeaders.branch("cheap", 60);
  private static final List<Bytes> HONEST = TestHeaders.branch("honest", 70);

  private final HeaderForest forest =
      new HeaderForest(UtxoNetwork.BITCOIN_REGTEST.parameters(), DEPTH);

  @Test
  void aDeepBranchWithMoreWorkTakesThePlaceOfTheFirst() {
    assertThat(forest.feed(0, CHEAP, NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.feed(1, HONEST, NOW)).isEqualTo(Fed.FROM_THE_START);
    assertThat(forest.locator(1)).containsExactly(TestHeaders.GENESIS.id());
    assertThat(forest.locator(0).getFirst()).isEqualTo(TestHeaders.last(CHEAP).id());
    assertThat(forest.feed(1, HONEST.subList(0, 60), NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.head().id()).isEqualTo(TestHeaders.last(CHEAP).id()); // a tie: seen first
    assertThat(forest.feed(1, HONEST.subList(60, 70), NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.head().id()).isEqualTo(TestHeaders.last(HONEST).id());
    assertThat(forest.hasChallenge(1)).isFalse();
    forest.upToDate(1);
    assertThat(forest.range(1, forest.tip()).stream().map(header -> header.raw()).toList())
        .isEqualTo(HONEST);
  }

  @Test
  void aDeepBranchWithLessWorkIsDropped() {
    assertThat(forest.feed(0, HONEST, NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.feed(1, CHEAP, NOW)).isEqualTo(Fed.FROM_THE_START);
    fault(PeerFault.BUSY, "", () -> forest.feed(2, CHEAP, NOW));
    forest.left(1);
    Bytes free = TestHeaders.withoutWork(TestHeaders.GENESIS);
    fault(PeerFault.BAD_HEADERS, "high-hash", () -> forest.feed(2, List.of(free), NOW));
    assertThat(forest.feed(1, CHEAP, NOW)).isEqualTo(Fed.FROM_THE_START);
    assertThat(forest.feed(1, CHEAP, NOW)).isEqualTo(Fed.TAKEN);
    fault(PeerFault.LESS_WORK, "", () -> forest.upToDate(1));
    assertThat(forest.head().id()).isEqualTo(TestHeaders.last(HONEST).id());
    assertThat(forest.feed(2, CHEAP, NOW)).isEqualTo(Fed.FROM_THE_START);
    forest.left(2);
    assertThat(forest.hasChallenge(2)).isFalse();
  }

  @Test
  void aShallowBranchIsFollowedInPlace() {
    assertThat(forest.feed(0, HONEST, NOW)).isEqualTo(Fed.TAKEN);
    List<Bytes> branch = TestHeaders.branch(BlockHeader.of(HONEST.get(63)), "fork", 7);
    assertThat(forest.feed(1, branch.subList(0, 6), NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.head().id()).isEqualTo(TestHeaders.last(HONEST).id());
    assertThat(forest.feed(1, branch, NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.head().id()).isEqualTo(TestHeaders.last(branch).id());
    assertThat(forest.head().height()).isEqualTo(71);
    assertThat(forest.feed(0, branch, NOW)).isEqualTo(Fed.KNOWN);
    assertThat(forest.byHash(TestHeaders.last(HONEST).id())).isEmpty();
    assertThatThrownBy(() -> forest.at(72))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(AdapterError.NOT_FOUND));
  }

  @Test
  void aFullMessageWithOneNewHeaderIsOfNoUse() {
    int full = PeerSession.MAX_HEADERS;
    List<Bytes> many = TestHeaders.branch("many", full + full / 2 + 1);
    assertThat(forest.feed(0, many.subList(0, full), NOW)).isEqualTo(Fed.TAKEN);
    assertThat(forest.feed(0, many.subList(1, full + 1), NOW)).isEqualTo(Fed.KNOWN);
    assertThat(forest.head().height()).isEqualTo(full + 1);
    assertThat(forest.feed(0, many.subList(full / 2 + 1, full + full / 2 + 1), NOW))
        .isEqualTo(Fed.TAKEN);
    assertThat(forest.feed(1, many.subList(full, full + full / 2 + 1), NOW)).isEqualTo(Fed.KNOWN);
  }

  @Test
  void whatBreaksTheRulesIsAFault() {
    assertThat(forest.feed(0, HONEST, NOW)).isEqualTo(Fed.TAKEN);
    Bytes weak = TestHeaders.withoutWork(TestHeaders.last(HONEST));
    fault(PeerFault.BAD_HEADERS, "high-hash", () -> forest.feed(1, List.of(weak), NOW));
    List<Bytes> next = TestHeaders.branch(TestHeaders.last(HONEST), "next", 2);
    assertThat(forest.feed(1, next.subList(1, 2), NOW)).isEqualTo(Fed.UNCONNECTED);
    long before = TestHeaders.last(next).time() - 7_201;
    fault(PeerFault.FROM_THE_FUTURE, "time-too-new", () -> forest.feed(1, next, before));
    assertThat(forest.locator(0).getLast()).isEqualTo(TestHeaders.GENESIS.id());
    assertThat(forest.locator(0)).hasSizeLessThan(18);
  }

  private static void fault(PeerFault fault, String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(PeerException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessageContaining(code);
  }
}
