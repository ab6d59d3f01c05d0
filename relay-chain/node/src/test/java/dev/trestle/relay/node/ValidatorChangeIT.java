package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Governance changes who certifies, and the nodes follow: over real connections. */
class ValidatorChangeIT {
  private static final int EPOCH = 10;
  private static final Genesis.Parameters PARAMETERS =
      new Genesis.Parameters(2_000_000, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000, EPOCH, 0);

  @TempDir Path temp;

  private final Map<Integer, Long> nonces = new TreeMap<>();
  private long fillers;

  private void send(DevNet net, RelayNode to, int governance, TransactionBody body) {
    SecretKey key = DevNet.key("governance", governance);
    long nonce = nonces.merge(governance, 1L, Long::sum) - 1;
    Hash32 id = net.send(to, Transaction.sign(net.genesis.chainId(), key, nonce, body));
    TransactionRecord record =
        DevNet.done(
            to.awaitInclusion(id, Duration.ofSeconds(DevNet.SECONDS))
                .toCompletionStage()
                .toCompletableFuture());
    assertThat(record.code()).as(body.toString()).isEqualTo("ok");
  }

  /** Three of four vote; the third vote approves, and there is no delay. */
  private void decide(DevNet net, RelayNode to, List<Genesis.Validator> set) {
    GovernanceAction action = new GovernanceAction.SetValidators(set);
    send(net, to, 0, new TransactionBody.Propose(action));
    ProposalRecord proposal = to.view().proposal(to.view().lastProposal()).orElseThrow();
    for (int voter = 1; voter < 3; voter++) {
      send(net, to, voter, new TransactionBody.Vote(proposal.number(), proposal.actionHash()));
    }
    send(net, to, 0, new TransactionBody.ExecuteProposal(proposal.number()));
  }

  /** One transaction after another, until the nodes are at work in {@code epoch}. */
  private void driveTo(DevNet net, long epoch, RelayNode via, RelayNode... nodes) {
    for (RelayNode node : nodes) {
      while (epoch(node) < epoch) {
        long height = node.head();
        Hash32 ignored = net.send(via, net.transaction("filler", fillers++));
        net.until("a block after " + height, () -> node.head() > height);
      }
    }
  }

  /** Of the newest block. */
  private static long epoch(RelayNode node) {
    return node.blockAt(node.head()).map(block -> block.header().epoch()).orElse(0L);
  }

  private static List<RelayNode> start(DevNet net, int from, int to) {
    List<RelayNode> nodes = new ArrayList<>();
    IntStream.range(from, to).forEach(i -> nodes.add(net.startNew(i)));
    return nodes;
  }

  @Test
  void fourBecomeSevenAndFourAgain() throws IOException {
    try (DevNet net = new DevNet(temp, 4, 3, PARAMETERS)) {
      List<RelayNode> nodes = start(net, 0, 7);
      RelayNode first = nodes.getFirst();
      net.send(first, net.transaction("filler", fillers++));
      net.untilHeight(1, nodes.toArray(RelayNode[]::new));
      assertThat(net.status(nodes.get(6)).silent()).isPresent();

      decide(net, first, net.members(0, 1, 2, 3, 4, 5, 6));
      driveTo(net, 1, first, nodes.toArray(RelayNode[]::new));
      for (RelayNode node : nodes) {
        assertThat(net.status(node).silent()).isEmpty();
        assertThat(node.eras()).hasSize(2);
        ValidatorsRecord seven = node.validatorsAt(node.head());
        assertThat(seven.members()).isEqualTo(net.members(0, 1, 2, 3, 4, 5, 6));
        assertThat((seven.since() - 1) % EPOCH).isZero();
      }
      // five of seven go on, so the new ones do sign
      net.stop(DevNet.name(2));
      net.stop(DevNet.name(3));
      long height = first.head();
      net.send(nodes.get(5), net.transaction("filler", fillers++));
      net.untilHeight(height + 1, first, nodes.get(4), nodes.get(5), nodes.get(6));
      RelayNode two = net.restart(2);
      RelayNode three = net.restart(3);

      decide(net, first, net.members(0, 1, 2, 3));
      driveTo(net, 2, first, first, nodes.get(1), two, three, nodes.get(4), nodes.get(6));
      assertThat(net.status(nodes.get(4)).silent()).isPresent();
      assertThat(first.validatorsAt(first.head()).members()).isEqualTo(net.genesis.validators());
      // those that left still serve: a transaction through one of them, a fresh node over one
      net.send(nodes.get(5), net.transaction("filler", fillers++));
      RelayNode late =
          net.start(
              "late",
              new NodeConfig.Role.Follower(),
              List.of(new PeerAddress("127.0.0.1", nodes.get(6).peerPort())));
      net.until("the follower has all", () -> late.head() >= first.head());
      assertThat(late.eras()).isEqualTo(first.eras());
      assertThat(late.eras()).hasSize(3);
    }
  }

  /** Without the node that should join the set stays as it is, and so does its quorum. */
  @Test
  void nobodyWaitsForOneThatIsNotAtWork() throws IOException {
    try (DevNet net = new DevNet(temp, 4, 1, PARAMETERS)) {
      List<RelayNode> nodes = start(net, 0, 4);
      RelayNode first = nodes.getFirst();
      decide(net, first, net.members(0, 1, 2, 3, 4));
      long planned = first.head();
      while (first.head() < planned + 2 * EPOCH) {
        long height = first.head();
        net.send(first, net.transaction("filler", fillers++));
        net.until("a block after " + height, () -> first.head() > height);
      }
      assertThat(epoch(first)).isZero();
      RelayNode fifth = net.startNew(4);
      driveTo(net, 1, first, fifth);
      assertThat(net.status(fifth).silent()).isEmpty();
    }
  }

  /** A new certificate of the same validator: no new epoch, and it is heard with the new one. */
  @Test
  void aValidatorChangesItsCertificate() throws IOException {
    try (DevNet net = new DevNet(temp, 4, 0, PARAMETERS)) {
      List<RelayNode> nodes = start(net, 0, 4);
      RelayNode first = nodes.getFirst();
      net.stop(DevNet.name(3));
      Files.delete(NodeFiles.transportKey(net.home(DevNet.name(3))));
      Hash32 fresh =
          TransportIdentity.loadOrCreate(
                  NodeFiles.transportKey(net.home(DevNet.name(3))), new SecureRandom())
              .fingerprint();
      List<Genesis.Validator> next = net.members(0, 1, 2, 3);
      assertThat(next).isNotEqualTo(net.genesis.validators());
      decide(net, first, next);
      while (!first.view().validators().members().equals(next)) {
        long height = first.head();
        net.send(first, net.transaction("filler", fillers++));
        net.until("a block after " + height, () -> first.head() > height);
      }
      RelayNode again = net.start(DevNet.name(3), new NodeConfig.Role.Follower());
      net.untilHeight(first.head(), again);
      net.stop(DevNet.name(3));
      RelayNode back = net.restart(3);
      net.until(
          "it is heard",
          () ->
              net.status(first).peers().stream()
                  .anyMatch(
                      peer -> peer.fingerprint().equals(fresh) && peer.validator().isPresent()));
      net.stop(DevNet.name(2));
      long height = first.head();
      net.send(first, net.transaction("filler", fillers++));
      net.untilHeight(height + 1, first, back);
      assertThat(epoch(first)).isZero();
      assertThat(first.view().validators().epoch()).isZero();
      assertThat(first.eras()).hasSize(1);
    }
  }
}
