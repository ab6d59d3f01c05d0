package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Verdict;
import dev.trestle.lightclient.LightClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeaderAttestingTest {
  @TempDir Path folder;

  private final World world = new World();
  private final FakeEvm node = new FakeEvm("main");
  private final List<EquivocationGuard> guards = new ArrayList<>();
  private final List<CommitteeMember> members = new ArrayList<>();
  private final LightClient client = World.ATTESTED.client();

  @BeforeEach
  void open() {
    for (int i = 0; i < 4; i++) {
      guards.add(world.newGuard(folder, i));
      members.add(world.member(i, node, guards.get(i)));
    }
  }

  @AfterEach
  void close() {
    guards.forEach(EquivocationGuard::close);
  }

  @Test
  void whatIsNext() {
    assertThat(next(List.of(), 9, 0, 10)).isEmpty();
    assertThat(next(List.of(), 10, 0, 10)).hasValue(10);
    assertThat(next(List.of(), 99, 10, 10)).hasValue(20);
    assertThat(next(List.of(7L, 12L), 99, 0, 10)).hasValue(7);
    assertThat(next(List.of(12L), 99, 0, 10)).hasValue(10);
    assertThat(next(List.of(12L), 99, 10, 10)).hasValue(12);
    assertThat(next(List.of(3L), 99, 50, 10)).as("a message that was left behind").hasValue(3);
    assertThat(next(List.of(12L), 11, 10, 10)).isEmpty();
  }

  @Test
  void membersWithDifferentProgressAgreeOnWhatIsNext() {
    TreeSet<Long> all = new TreeSet<>(List.of(4L, 13L, 17L, 31L, 44L));
    for (long head = 0; head < 50; head++) {
      long clientHead = head;
      OptionalLong last = OptionalLong.empty();
      for (long readUpTo = 0; readUpTo < 60; readUpTo++) {
        TreeSet<Long> seen = new TreeSet<>(all.headSet(readUpTo, true));
        seen.removeIf(height -> height <= clientHead);
        OptionalLong now = HeaderAttester.next(seen, readUpTo, head, 1, 10);
        if (last.isPresent()) {
          assertThat(now).isEqualTo(last);
        }
        last = now;
      }
    }
  }

  @Test
  void aQuorumMovesTheClientToMessagesAndBeats() {
    node.mine(14);
    World.burnFinally(node, 1); // in block 14
    assertThat(run(0)).isEqualTo("signed");
    assertThat(run(1)).isEqualTo("signed");
    assertThat(client.latest(world.view()).height()).isZero();
    assertThat(run(0)).as("waits for the others").isEqualTo("already-sent");
    assertThat(run(2)).isEqualTo("signed");
    assertThat(client.latest(world.view()).height()).isEqualTo(10);
    for (int i = 0; i < 3; i++) {
      assertThat(run(i)).isEqualTo("signed");
    }
    assertThat(client.latest(world.view())).isEqualTo(node.block(14).ref());
    assertThat(run(3)).as("nothing to do").isEqualTo("none");
    assertThat(world.attestations).containsOnlyKeys(10L, 14L);
  }

  @Test
  void onlyFinalBlocksAreAttested() {
    node.mine(11); // 0..11, final up to 9
    assertThat(run(0)).isEqualTo("none");
    node.mine(1);
    assertThat(run(0)).isEqualTo("signed");
    assertThat(members.get(0).attest(world.attestedChains().getFirst(), node.finalHeight + 1))
        .isInstanceOf(Verdict.Later.class);
    assertThat(members.get(0).attest(world.attestedChains().getFirst(), node.finalHeight - 1))
        .isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void neverTwoBlocksOfOneHeight() {
    node.mine(15);
    assertThat(run(0)).isEqualTo("signed");
    world.recorded.clear(); // the attestation was lost on the way
    assertThat(run(0)).as("the same again").isEqualTo("signed");
    world.recorded.clear();
    FakeEvm fork = new FakeEvm("fork");
    fork.mine(15);
    CommitteeMember misled = world.member(0, fork, guards.get(0));
    assertThat(code(misled)).isEqualTo("equivocation");
    guards.get(0).close();
    guards.set(0, world.reopen(folder, 0));
    assertThat(code(world.member(0, fork, guards.get(0)))).isEqualTo("equivocation");
  }

  @Test
  void stopsWhenTheGuardKnowsLessThanTheRelayChain() {
    node.mine(15);
    world.recorded.put(0, Map.of(10L, node.block(10).ref().id()));
    assertThat(run(0)).isEqualTo("guard-rolled-back");
    assertThat(members.get(0).halted()).isPresent();
    Verdict<?> asked = members.get(0).attest(world.attestedChains().getFirst(), 5);
    assertThat(asked).isInstanceOf(Verdict.Later.class);
  }

  @Test
  void aLyingNodeIsFoundOut() {
    node.mine(15);
    FakeEvm liar =
        new FakeEvm("main") {
          @Override
          public io.vertx.core.Future<RawHeader> at(long height) {
            RawHeader honest = block(height);
            return io.vertx.core.Future.succeededFuture(
                new RawHeader(honest.ref(), honest.parent(), block(height + 1).raw()));
          }
        };
    liar.mine(15);
    assertThat(code(world.member(1, liar, guards.get(1)))).isEqualTo("header-mismatch");
  }

  @Test
  void pausesFaultsAndChangesAreNotes() {
    node.mine(15);
    world.chainPaused = true;
    assertThat(run(0)).isEqualTo("paused");
    world.chainPaused = false;
    node.down = true;
    assertThat(run(0)).isEqualTo("unreachable");
    node.down = false;
    assertThat(run(0)).isEqualTo("signed");
    CommitteeMember stranger =
        new CommitteeMember(
            world,
            world.keys.get(0),
            guards.get(0),
            chain -> java.util.Optional.empty(),
            Map.of(),
            World.POLICY,
            new java.security.SecureRandom());
    assertThat(code(stranger)).isEqualTo("own-node-unavailable");
  }

  private String run(int member) {
    return code(members.get(member));
  }

  private static String code(CommitteeMember member) {
    return member.run().stream()
        .filter(note -> note.subject().equals(World.EVM.toString()))
        .map(CommitteeMember.Note::code)
        .findFirst()
        .orElse("none");
  }

  private static OptionalLong next(
      List<Long> messages, long readUpTo, long clientHead, long stride) {
    TreeSet<Long> seen = new TreeSet<>(messages);
    seen.removeIf(height -> height > readUpTo);
    return HeaderAttester.next(seen, readUpTo, clientHead, 1, stride);
  }
}
