package dev.trestle.relay.simulation;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.SignedMessage;

/** Loses, delays, repeats and reorders packets and cuts links until everything heals. */
final class Network {
  private final World world;
  private final Attacker attacker;
  private final Partitions partitions;
  private int lost;
  private int cut;
  private int repeated;

  Network(World world, Attacker attacker, Partitions partitions) {
    this.world = world;
    this.attacker = attacker;
    this.partitions = partitions;
  }

  void tick() {
    if (world.isHealed()) {
      partitions.heal();
    } else {
      partitions.tick();
    }
  }

  void broadcast(SimNode from, SignedMessage message) {
    world.invariants.onSaid(message.sender(), message.message().statement());
    attacker.observe(message);
    sendToAll(from, new Packet.Consensus(message));
  }

  void sendToAll(SimNode from, Packet packet) {
    for (SimNode to : world.nodes) {
      if (to.key != from.key) {
        send(from, to, packet);
      }
    }
  }

  void sendToKey(SimNode from, EvmAddress peer, Packet packet) {
    int key = world.membership.everyone().indexOf(peer).orElseThrow();
    for (SimNode to : world.nodes) {
      if (to.key == key && to.id != from.id) {
        send(from, to, packet);
      }
    }
    if (packet instanceof Packet.WantBody want) {
      attacker
          .body(key, want.blockId())
          .ifPresent(block -> deliver(delay(20), from, from, new Packet.Body(block)));
    }
  }

  void send(SimNode from, SimNode to, Packet packet) {
    if (!attacker.passes(from, to, packet)) {
      return;
    }
    if (world.isHealed()) {
      deliver(delay(30), from, to, packet);
      return;
    }
    Scenario.Weather weather = world.scenario.weather();
    if (partitions.isCut(from.key, to.key)) {
      cut++;
    } else if (world.random.nextInt(100) < weather.lossPercent()) {
      lost++;
    } else {
      deliver(delay(weather.maxDelayMs()), from, to, packet);
      if (world.random.nextInt(100) < weather.duplicatePercent()) {
        repeated++;
        deliver(delay(weather.maxDelayMs()), from, to, packet);
      }
    }
  }

  /** A liar's packet; liars have good connections. {@code to} takes it for one of its own. */
  void inject(SimNode to, Packet packet) {
    deliver(delay(10), to, to, packet);
  }

  private int delay(int max) {
    return 1 + world.random.nextInt(max);
  }

  private void deliver(long delay, SimNode from, SimNode to, Packet packet) {
    world.schedule(
        delay,
        to.id,
        () -> {
          world.mix(packet.fingerprint());
          to.receive(from, packet);
        });
  }

  int lost() {
    return lost;
  }

  int cut() {
    return cut;
  }

  int repeated() {
    return repeated;
  }
}
