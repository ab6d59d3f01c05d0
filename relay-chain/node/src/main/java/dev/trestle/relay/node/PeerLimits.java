package dev.trestle.relay.node;

/**
 * What one peer may cost.
 *
 * @param framesPerSecond average rate of frames
 * @param bytesPerSecond average rate of payload bytes
 * @param openBytes bytes of frames taken in and not yet handled, before the socket is paused
 * @param outBytes bytes waiting to be sent, before frames for this peer are dropped
 */
record PeerLimits(int framesPerSecond, int bytesPerSecond, int openBytes, int outBytes) {
  static final PeerLimits VALIDATOR = new PeerLimits(5_000, 64 << 20, 16 << 20, 32 << 20);
  static final PeerLimits FOLLOWER = new PeerLimits(200, 2 << 20, 2 << 20, 16 << 20);

  /** How many seconds' worth of a rate may come at once. */
  static final int BURST_SECONDS = 2;
}
