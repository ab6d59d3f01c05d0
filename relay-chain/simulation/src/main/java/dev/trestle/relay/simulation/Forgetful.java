package dev.trestle.relay.simulation;

/**
 * The faulty validators follow the protocol, but forget everything now and then, log and sign guard
 * included, and tell each thing only to some.
 */
final class Forgetful implements Attacker {
  private static final int SHUFFLE_TICKS = 5;

  private final World world;
  private long shuffle;
  private int ticks;

  Forgetful(World world) {
    this.world = world;
  }

  @Override
  public void tick() {
    if (ticks++ % SHUFFLE_TICKS == 0) {
      shuffle = world.random.nextLong();
    }
    if (world.random.nextInt(8) == 0) {
      world.nodes.stream().filter(node -> world.isLiar(node.key)).forEach(SimNode::forget);
    }
  }

  @Override
  public boolean passes(SimNode from, SimNode to, Packet packet) {
    return !world.isLiar(from.key)
        || (shuffle >>> (to.key + packet.fingerprint()) & 1) == 1
        || world.isLiar(to.key);
  }
}
