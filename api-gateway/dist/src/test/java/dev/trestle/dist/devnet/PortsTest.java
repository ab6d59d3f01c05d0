package dev.trestle.dist.devnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void noPortIsGivenTwiceOrLiesWhereOutgoingConnectionsGetTheirs() {
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int port = Ports.free();
      assertThat(port).isBetween(20_000, 31_999);
      assertThat(given.add(port)).isTrue();
    }
  }

  @Test
  void aPortOnWhichSomebodyListensIsNotGiven() throws Exception {
    int port = Ports.free();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.isFree(taken.getLocalPort())).isFalse();
    }
    assertThat(Ports.isFree(port)).isTrue();
  }
}
