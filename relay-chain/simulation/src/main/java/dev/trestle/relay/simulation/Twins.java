package dev.trestle.relay.simulation;

/**
 * Every faulty validator runs twice with one key, each copy following the protocol but talking to
 * its own part of the network; who belongs to which part changes all the time.
 */
final class Twins implements Attacker {
  private static final int SHUFFLE_TICKS = 6;

  private final World world;
  private long shuffle;
  private int ticks;

  Twins(World world) {
    this.world = world;
  }

  @Override
  public void tick() {
    if (ticks++ % SHUFFLE_TICKS == 0) {
      shuffle = world.random.nextLong();
    }
  }

  @Override
  public boolean passes(SimNode from, SimNode to, Packet packet) {
    boolean liarSpeaks = world.isLiar(from.key);
    boolean liarHears = world.isLiar(to.key);
    if (liarSpeaks == liarHears) {
      return true;
    }
    SimNode liar = liarSpeaks ? from : to;
    SimNode honest = liarSpeaks ? to : from;
    return (liar.id & 1) == (shuffle >>> honest.key & 1);
  }
}
