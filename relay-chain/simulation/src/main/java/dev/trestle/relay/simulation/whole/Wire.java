package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.node.SimulatedNode;
import dev.trestle.relay.simulation.Partitions;
import java.util.List;

/**
 * Connections between nodes, and the frames on them: lost, delayed, repeated and reordered, until
 * everything heals. Two machines of one identity have connections of their own.
 */
final class Wire {
  private static final int HEALTHY_DELAY_MS = 20;

  private final WholeWorld world;
  private final Partitions partitions;
  private final boolean[][] linked;
  private long lost;
  private long cut;
  private long repeated;

  Wire(WholeWorld world, Partitions partitions, int nodes) {
    this.world = world;
    this.partitions = partitions;
    this.linked = new boolean[nodes][nodes];
  }

  private List<SimulatedNode> nodes() {
    return world.nodes();
  }

  /** From time to time: whoever is not connected dials. */
  void dial() {
    for (int a = 0; a < linked.length; a++) {
      for (int b = a + 1; b < linked.length; b++) {
        SimulatedNode one = nodes().get(a);
        SimulatedNode other = nodes().get(b);
        if (!linked[a][b]
            && one.isUp()
            && other.isUp()
            && !one.identity().fingerprint().equals(other.identity().fingerprint())
            && one.welcomes(other.identity().fingerprint())
            && other.welcomes(one.identity().fingerprint())) {
          link(a, b, true);
          one.connect(other.identity().fingerprint());
          other.connect(one.identity().fingerprint());
        }
      }
    }
  }

  private void link(int a, int b, boolean up) {
    linked[a][b] = up;
    linked[b][a] = up;
  }

  /** A node ends what connects it with an identity. */
  void disconnect(SimulatedNode node, Hash32 peer) {
    int a = nodes().indexOf(node);
    for (int b = 0; b < linked.length; b++) {
      if (linked[a][b] && nodes().get(b).identity().fingerprint().equals(peer)) {
        unlink(a, b);
      }
    }
  }

  /** The machine has failed. */
  void gone(SimulatedNode node) {
    int a = nodes().indexOf(node);
    for (int b = 0; b < linked.length; b++) {
      if (linked[a][b]) {
        unlink(a, b);
      }
    }
  }

  private void unlink(int a, int b) {
    link(a, b, false);
    leave(a, b);
    leave(b, a);
  }

  /** Unless another machine of that identity is still connected. */
  private void leave(int node, int peer) {
    Hash32 identity = nodes().get(peer).identity().fingerprint();
    for (int other = 0; other < linked.length; other++) {
      if (linked[node][other] && nodes().get(other).identity().fingerprint().equals(identity)) {
        return;
      }
    }
    nodes().get(node).disconnect(identity);
  }

  void send(SimulatedNode from, Hash32 to, Bytes bytes) {
    int a = nodes().indexOf(from);
    for (int b = 0; b < linked.length; b++) {
      if (linked[a][b] && nodes().get(b).identity().fingerprint().equals(to)) {
        send(a, b, bytes);
      }
    }
  }

  private void send(int a, int b, Bytes bytes) {
    if (!world.isChaos()) {
      deliver(a, b, bytes, HEALTHY_DELAY_MS);
      return;
    }
    WholeScenario.Weather weather = world.scenario().weather();
    if (partitions.isCut(a, b)) {
      cut++;
    } else if (world.random(100) < weather.lossPercent()) {
      lost++;
    } else {
      deliver(a, b, bytes, weather.maxDelayMs());
      if (world.random(100) < weather.duplicatePercent()) {
        repeated++;
        deliver(a, b, bytes, weather.maxDelayMs());
      }
    }
  }

  private void deliver(int a, int b, Bytes bytes, int maxDelayMs) {
    world.schedule(
        1L + world.random(maxDelayMs),
        () -> {
          if (linked[a][b]) {
            world.mix(31L * b + bytes.hashCode());
            nodes().get(b).receive(nodes().get(a).identity().fingerprint(), bytes);
          }
        });
  }

  long lost() {
    return lost;
  }

  long cut() {
    return cut;
  }

  long repeated() {
    return repeated;
  }
}
