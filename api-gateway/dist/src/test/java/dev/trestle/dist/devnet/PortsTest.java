package dev.trestle.dist.devnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
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

  /** Another process that asks for all ports of the range gets none of those that we hold. */
  @Test
  void aPortIsNotGivenToTwoProcesses() throws Exception {
    Set<Integer> ours = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      ours.add(Ports.free());
    }
    Process other =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                TakesManyPorts.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = other.inputReader()) {
      List<Integer> theirs = lines.lines().map(Integer::valueOf).toList();
      assertThat(theirs).hasSize(TakesManyPorts.COUNT).doesNotContainAnyElementsOf(ours);
    }
    assertThat(other.waitFor()).isZero();
  }

  /** Takes a third of all ports and prints them. */
  static final class TakesManyPorts {
    static final int COUNT = 4_000;

    private TakesManyPorts() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < COUNT; i++) {
        System.out.println(Ports.free());
      }
    }
  }
}
