package dev.trestle.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two gateways on loopback see each other's entries. */
class HazelcastClusterIT {
  @Test
  void anEntryOfOneGatewayIsSeenByTheOther() throws IOException {
    int first = freePort();
    int second = freePort();
    List<String> members = List.of("127.0.0.1:" + first, "127.0.0.1:" + second);
    try (HazelcastCluster one = HazelcastCluster.join("trestle-test", "127.0.0.1", first, members);
        HazelcastCluster two =
            HazelcastCluster.join("trestle-test", "127.0.0.1", second, members)) {
      assertThat(two.size()).isEqualTo(2);
      one.map("offers").put("key", "value", Duration.ofMinutes(1));
      assertThat(two.map("offers").get("key")).contains("value");
      two.map("offers").remove("key");
      assertThat(one.map("offers").entries()).isEmpty();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
