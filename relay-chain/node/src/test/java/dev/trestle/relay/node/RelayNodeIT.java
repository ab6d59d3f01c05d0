package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.state.StateProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayNodeIT {
  @TempDir Path temp;

  private static List<RelayNode> startFour(DevNet net) {
    List<RelayNode> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(net.startNew(i));
    }
    return nodes;
  }

  private static void assertSameChain(long height, List<RelayNode> nodes) {
    for (long h = 1; h <= height; h++) {
      Block expected = nodes.getFirst().blockAt(h).orElseThrow();
      for (RelayNode node : nodes) {
        Block found = node.blockAt(h).orElseThrow();
        assertThat(found.id()).as("block %d", h).isEqualTo(expected.id());
        assertThat(found.header().stateRoot()).isEqualTo(expected.header().stateRoot());
      }
    }
  }

  @Test
  void fourValidatorsReachHeight20WithTransactions() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = startFour(net);
      List<Hash32> sent = new ArrayList<>();
      long nonce = 0;
      while (nodes.getFirst().head() < 20) {
        RelayNode node = nodes.get((int) (nonce % 4));
        Hash32 id = net.send(node, net.transaction("sender", nonce));
        sent.add(id);
        TransactionRecord record =
            DevNet.done(
                node.awaitInclusion(id, Duration.ofSeconds(30))
                    .toCompletionStage()
                    .toCompletableFuture());
        assertThat(record.code()).isEqualTo("unknown-chain");
        nonce++;
      }
      net.untilHeight(20, nodes.toArray(RelayNode[]::new));
      assertSameChain(20, nodes);
      long expected = nonce;
      for (RelayNode node : nodes) {
        net.until(
            "all nonces", () -> node.view().nonce(DevNet.key("sender", 0).publicKey()) == expected);
        assertThat(sent).allSatisfy(id -> assertThat(node.transaction(id)).isPresent());
      }
    }
  }

  @Test
  void oneDeadValidatorDoesNotStopTheChainAndTwoDo() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = startFour(net);
      net.send(nodes.get(0), net.transaction("a", 0));
      net.untilHeight(2, nodes.toArray(RelayNode[]::new));

      net.stop(DevNet.name(3));
      long before = nodes.get(0).head();
      net.send(nodes.get(0), net.transaction("a", 1));
      net.untilHeight(before + 4, nodes.get(0), nodes.get(1), nodes.get(2));

      net.stop(DevNet.name(2));
      // what three had begun may still be finished; from then on there is no quorum
      net.send(nodes.get(0), net.transaction("a", 2));
      long last = Math.max(nodes.get(0).head(), nodes.get(1).head());
      assertThat(net.staysBelow(last + 2, Duration.ofSeconds(4), nodes.get(0), nodes.get(1)))
          .as("two of four decide nothing")
          .isTrue();
      NodeStatus status = net.status(nodes.get(0));
      assertThat(status.workWaits()).isTrue();
      assertThat(status.missing())
          .contains(
              net.validatorKey(2).publicKey().evmAddress(),
              net.validatorKey(3).publicKey().evmAddress());

      RelayNode second = net.restart(2);
      RelayNode third = net.restart(3);
      List<RelayNode> all = List.of(nodes.get(0), nodes.get(1), second, third);
      net.untilHeight(last + 4, all.toArray(RelayNode[]::new));
      assertSameChain(last + 4, all);
      assertThat(all)
          .allSatisfy(
              node -> assertThat(node.view().nonce(DevNet.key("a", 0).publicKey())).isEqualTo(3));
    }
  }

  @Test
  void allRestartedTogetherGoOnWithoutAFork() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = startFour(net);
      net.send(nodes.get(1), net.transaction("a", 0));
      net.untilHeight(3, nodes.toArray(RelayNode[]::new));
      List<Block> blocks = new ArrayList<>();
      for (long h = 1; h <= 3; h++) {
        blocks.add(nodes.getFirst().blockAt(h).orElseThrow());
      }
      for (int i = 0; i < 4; i++) {
        net.stop(DevNet.name(i));
      }
      List<RelayNode> again = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        again.add(net.restart(i));
      }
      net.untilHeight(5, again.toArray(RelayNode[]::new));
      assertSameChain(5, again);
      blocks.forEach(block -> assertThat(again.getFirst().blockAt(block.height())).contains(block));
      // no guard refused anything for good
      for (RelayNode node : again) {
        assertThat(net.status(node).silent()).isEmpty();
      }
    }
  }

  @Test
  void aFollowerSyncsServesProofsAndPassesTransactionsOn() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = startFour(net);
      net.send(nodes.get(0), net.transaction("a", 0));
      net.untilHeight(3, nodes.getFirst());
      RelayNode follower = net.startFollower("follower");
      net.untilHeight(3, follower);
      Hash32 id = net.send(follower, net.transaction("a", 1));
      TransactionRecord record =
          DevNet.done(
              follower
                  .awaitInclusion(id, Duration.ofSeconds(30))
                  .toCompletionStage()
                  .toCompletableFuture());
      assertSameChain(record.height(), List.of(nodes.getFirst(), follower));

      Bytes key = StateKeys.nonce(DevNet.key("a", 0).publicKey());
      RelayNode.ProvenValue proven =
          DevNet.done(follower.prove(key).toCompletionStage().toCompletableFuture()).orElseThrow();
      ValidatorSet set =
          ValidatorSet.of(net.genesis.validators().stream().map(Genesis.Validator::key).toList());
      assertThat(proven.certificate().verifyFor(proven.header(), set).isAccepted()).isTrue();
      assertThat(
              StateProof.verifyPresence(
                  proven.header().stateRoot(), key, proven.value().orElseThrow(), proven.proof()))
          .isTrue();
      RelayNode.HistoryProof history = follower.historyProof(1, 3).orElseThrow();
      assertThat(history.certificate().verifyFor(history.header(), set).isAccepted()).isTrue();
      assertThat(
              history
                  .proof()
                  .verifies(history.header().historyRoot(), history.older().id().bytes()))
          .isTrue();
      assertThat(history.older().height()).isEqualTo(1);
      assertThat(follower.historyProof(3, 3)).isEmpty();
      assertThat(net.status(follower).validator()).isEmpty();
      assertThat(
              DevNet.done(
                  follower
                      .submit(net.transaction("a", 1))
                      .toCompletionStage()
                      .toCompletableFuture()))
          .isInstanceOfSatisfying(
              Verdict.Ignored.class,
              ignored -> assertThat(ignored.reason()).isEqualTo(NodeReason.DUPLICATE));
    }
  }

  @Test
  void aWipedValidatorRejoins() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = startFour(net);
      net.send(nodes.get(0), net.transaction("a", 0));
      net.untilHeight(3, nodes.toArray(RelayNode[]::new));
      net.stop(DevNet.name(3));
      net.wipe(DevNet.name(3));
      RelayNode back = net.restart(3);
      net.untilHeight(3, back);
      // it is needed: the others alone are one short
      net.stop(DevNet.name(0));
      long head = nodes.get(1).head();
      net.send(nodes.get(1), net.transaction("a", 1));
      net.untilHeight(head + 3, nodes.get(1), nodes.get(2), back);
      assertSameChain(head + 3, List.of(nodes.get(1), back));
      assertThat(net.status(back).silent()).isEmpty();
    }
  }

  /** With keys and guards whole; the chain was idle, so none of them had begun another height. */
  @Test
  void allButOneWipedTogetherGoOnWithTheSameChain() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      net.timing = new NodeConfig.Timing(50, 600_000, 500);
      List<RelayNode> nodes = startFour(net);
      for (int nonce = 0; nonce < 3; nonce++) {
        net.send(nodes.get(3), net.transaction("a", nonce));
        net.untilHeight(nonce + 1, nodes.toArray(RelayNode[]::new));
      }
      long height = nodes.get(3).head();
      net.untilHeight(height, nodes.toArray(RelayNode[]::new));
      List<Block> before = new ArrayList<>();
      for (long h = 1; h <= height; h++) {
        before.add(nodes.get(3).blockAt(h).orElseThrow());
      }
      for (int i = 0; i < 4; i++) {
        net.stop(DevNet.name(i));
      }
      for (int i = 0; i < 3; i++) {
        net.wipe(DevNet.name(i));
      }
      List<RelayNode> again = new ArrayList<>();
      again.add(net.restart(3));
      for (int i = 0; i < 3; i++) {
        again.add(net.restart(i));
      }
      net.untilHeight(height, again.toArray(RelayNode[]::new));
      net.send(again.getLast(), net.transaction("a", 3));
      net.untilHeight(height + 1, again.toArray(RelayNode[]::new));
      assertSameChain(height + 1, again);
      for (RelayNode node : again) {
        before.forEach(block -> assertThat(node.blockAt(block.height())).contains(block));
        assertThat(net.status(node).silent()).isEmpty();
      }
    }
  }

  @Test
  void aValidatorWithoutItsGuardIsRefusedAndAsNewAbstainsWhereItMayHaveSigned() throws IOException {
    // so old that a validator that did not hear the others first would begin at height 1 at once
    try (DevNet net = new DevNet(temp, 4, 0, Genesis.Parameters.DEFAULT, 3_600_000)) {
      List<RelayNode> nodes = startFour(net);
      net.send(nodes.get(0), net.transaction("a", 0));
      net.untilHeight(3, nodes.toArray(RelayNode[]::new));
      net.stop(DevNet.name(3));
      net.wipe(DevNet.name(3));
      Files.delete(NodeFiles.signGuard(net.keyFile(3)));
      assertThatThrownBy(() -> net.restart(3))
          .hasRootCauseInstanceOf(TrestleException.class)
          .hasStackTraceContaining(NodeReason.GUARD_MISSING.code());
      RelayNode back = net.startNew(3);
      net.untilHeight(3, back);
      // one block after another is made by the others until it may speak again, then it is needed
      long nonce = 1;
      while (net.status(back).silent().isPresent()) {
        long head = back.head();
        net.send(nodes.get(1), net.transaction("a", nonce++));
        net.untilHeight(head + 1, back);
      }
      net.stop(DevNet.name(0));
      long head = nodes.get(1).head();
      net.send(nodes.get(1), net.transaction("a", nonce));
      net.untilHeight(head + 3, nodes.get(1), nodes.get(2), back);
      assertSameChain(head + 3, List.of(nodes.get(1), back));
    }
  }
}
