package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction crosses each link once: it is not told to who said it, nor by who was told. */
class ForwardIT {
  @TempDir Path temp;

  @Test
  void nobodyIsToldWhatHeKnows() throws IOException {
    try (DevNet net = new DevNet(temp, 4);
        ScriptedPeer node = new ScriptedPeer(net, net.identity(DevNet.name(0)), List.of())) {
      List<PeerAddress> seed = List.of(new PeerAddress("127.0.0.1", node.port));
      TransportIdentity user = TransportIdentity.generate(new SecureRandom());
      try (ScriptedPeer validator = new ScriptedPeer(net, net.identity(DevNet.name(1)), seed);
          ScriptedPeer other = new ScriptedPeer(net, net.identity(DevNet.name(2)), seed);
          ScriptedPeer follower = new ScriptedPeer(net, user, seed)) {
        List<ScriptedPeer> all = List.of(validator, other, follower);
        all.forEach(each -> DevNet.done(each.met));
        List<Bytes> own = List.of(Bytes.utf8("of its own users"), Bytes.utf8("and another"));
        node.network.forward(own, Optional.empty());
        List<Bytes> users = List.of(Bytes.utf8("of a user behind the follower"));
        node.network.forward(users, Optional.of(user.fingerprint()));
        Hash32 first = net.identity(DevNet.name(1)).fingerprint();
        node.network.forward(List.of(Bytes.utf8("of a validator")), Optional.of(first));
        node.network.broadcast(end());
        for (ScriptedPeer each : all) {
          net.until("the end", () -> !each.heardOf(FrameType.STATUS).isEmpty());
        }
        assertThat(heard(validator)).containsExactly(own, users);
        assertThat(heard(other)).containsExactly(own, users);
        assertThat(heard(follower)).containsExactly(own);
      }
    }
  }

  /** Frames arrive in order: before this one is all that was sent. */
  private static Frame end() {
    return new Frame(FrameType.STATUS, new PeerStatus(1, Hash32.ZERO, 1, 0).encode());
  }

  private static List<List<Bytes>> heard(ScriptedPeer peer) {
    return peer.heardOf(FrameType.TRANSACTIONS).stream()
        .map(frame -> TransactionBatch.decode(frame.payload()).transactions())
        .toList();
  }
}
