package dev.trestle.lightclient.bitcoin.filter;

import dev.trestle.base.Bytes;

/** SipHash-2-4 with a 64-bit result (Aumasson and Bernstein, 2012). */
final class SipHash {
  private final long k0;
  private final long k1;

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  long hash(Bytes message) {
    State state = new State(k0, k1);
    int size = message.size();
    int whole = size - size % 8;
    for (int at = 0; at < whole; at += 8) {
      state.word(littleEndian(message, at, 8));
    }
    state.word(littleEndian(message, whole, size - whole) | (long) size << 56);
    return state.end();
  }

  private static long littleEndian(Bytes message, int at, int count) {
    long word = 0;
    for (int i = 0; i < count; i++) {
      word |= (long) message.at(at + i) << (8 * i);
    }
    return word;
  }

  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    private State(long k0, long k1) {
      v0 = k0 ^ 0x736f6d6570736575L;
      v1 = k1 ^ 0x646f72616e646f6dL;
      v2 = k0 ^ 0x6c7967656e657261L;
      v3 = k1 ^ 0x7465646279746573L;
    }

    private void word(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    private long end() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
