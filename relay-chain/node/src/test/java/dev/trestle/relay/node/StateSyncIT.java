package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that keeps few blocks, over real connections. */
class StateSyncIT {
  private static final long KEPT = 16;

  @TempDir Path temp;

  private long nonce;

  private void drive(DevNet net, RelayNode via, long height) {
    while (via.head() < height) {
      long before = via.head();
      dev.trestle.base.Hash32 _ = net.send(via, net.transaction("filler", nonce++));
      net.untilHeight(before + 1, via);
    }
  }

  @Test
  void aValidatorWithoutItsDiskJoinsAPrunedNetworkByASnapshotAndVotes() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      net.operations =
          new NodeConfig.Operations(
              200, Optional.empty(), LogFormat.TEXT, new NodeConfig.Keep(KEPT, KEPT, 10_000));
      List<RelayNode> nodes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        nodes.add(net.startNew(i));
      }
      RelayNode first = nodes.getFirst();
      drive(net, first, KEPT + 2);
      net.stop(DevNet.name(3));
      // its guard is above the snapshot of the first height that has one: only the next one will do
      drive(net, first, 2 * KEPT + 1);
      for (RelayNode node : nodes.subList(0, 3)) {
        net.until("its own snapshot", () -> net.status(node).lowest() > 1 || driven(net, first));
        assertThat(node.blockAt(1)).isEmpty();
        assertThat(node.certificateAt(1)).isEmpty();
        assertThat(node.blockAt(node.head())).isPresent();
      }
      net.wipe(DevNet.name(3));
      byte[] key = Files.readAllBytes(net.keyFile(3));
      RelayNode back = net.restart(3);
      long target = first.head();
      net.until("a snapshot and the rest", () -> back.head() >= target);
      assertThat(back.blockAt(1)).isEmpty();
      assertThat(net.status(back).lowest()).isGreaterThan(1);
      assertThat(net.status(back).headId()).isNotNull();
      assertThat(Files.readAllBytes(net.keyFile(3))).isEqualTo(key);
      // three of four: it is needed for every block from here on
      net.stop(DevNet.name(0));
      RelayNode second = nodes.get(1);
      drive(net, second, second.head() + 3);
      net.untilHeight(second.head(), back);
      assertThat(net.status(back).silent()).isEmpty();
      for (long h = net.status(back).lowest(); h <= second.head(); h++) {
        assertThat(back.blockAt(h)).isEqualTo(second.blockAt(h));
        assertThat(back.blockAt(h).orElseThrow().evidence()).isEmpty();
      }
      // what was restored serves others in turn, and starts again from its files
      net.stop(DevNet.name(3));
      RelayNode again = net.restart(3);
      assertThat(again.head()).isGreaterThanOrEqualTo(target);
      RelayNode follower = net.startFollower("follower");
      net.until("the follower", () -> follower.head() >= target);
      assertThat(follower.blockAt(1)).isEmpty();
    }
  }

  private boolean driven(DevNet net, RelayNode via) {
    drive(net, via, via.head() + 1);
    return false;
  }
}
