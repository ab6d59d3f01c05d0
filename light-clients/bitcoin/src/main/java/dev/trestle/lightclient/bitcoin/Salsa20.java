package dev.trestle.lightclient.bitcoin;

/** The Salsa20/8 core (RFC 7914, section 3), in local variables so that it stays in registers. */
final class Salsa20 {
  private static final int DOUBLE_ROUNDS = 4;

  private Salsa20() {}

  /** XORs the 16 words at {@code other} into those at {@code at}, and mixes these. */
  static void mix(int[] block, int at, int other) {
    int b0 = block[at] ^= block[other];
    int b1 = block[at + 1] ^= block[other + 1];
    int b2 = block[at + 2] ^= block[other + 2];
    int b3 = block[at + 3] ^= block[other + 3];
    int b4 = block[at + 4] ^= block[other + 4];
    int b5 = block[at + 5] ^= block[other + 5];
    int b6 = block[at + 6] ^= block[other + 6];
    int b7 = block[at + 7] ^= block[other + 7];
    int b8 = block[at + 8] ^= block[other + 8];
    int b9 = block[at + 9] ^= block[other + 9];
    int b10 = block[at + 10] ^= block[other + 10];
    int b11 = block[at + 11] ^= block[other + 11];
    int b12 = block[at + 12] ^= block[other + 12];
    int b13 = block[at + 13] ^= block[other + 13];
    int b14 = block[at + 14] ^= block[other + 14];
    int b15 = block[at + 15] ^= block[other + 15];
    for (int i = 0; i < DOUBLE_ROUNDS; i++) {
      b4 ^= Integer.rotateLeft(b0 + b12, 7);
      b8 ^= Integer.rotateLeft(b4 + b0, 9);
      b12 ^= Integer.rotateLeft(b8 + b4, 13);
      b0 ^= Integer.rotateLeft(b12 + b8, 18);
      b9 ^= Integer.rotateLeft(b5 + b1, 7);
      b13 ^= Integer.rotateLeft(b9 + b5, 9);
      b1 ^= Integer.rotateLeft(b13 + b9, 13);
      b5 ^= Integer.rotateLeft(b1 + b13, 18);
      b14 ^= Integer.rotateLeft(b10 + b6, 7);
      b2 ^= Integer.rotateLeft(b14 + b10, 9);
      b6 ^= Integer.rotateLeft(b2 + b14, 13);
      b10 ^= Integer.rotateLeft(b6 + b2, 18);
      b3 ^= Integer.rotateLeft(b15 + b11, 7);
      b7 ^= Integer.rotateLeft(b3 + b15, 9);
      b11 ^= Integer.rotateLeft(b7 + b3, 13);
      b15 ^= Integer.rotateLeft(b11 + b7, 18);
      b1 ^= Integer.rotateLeft(b0 + b3, 7);
      b2 ^= Integer.rotateLeft(b1 + b0, 9);
      b3 ^= Integer.rotateLeft(b2 + b1, 13);
      b0 ^= Integer.rotateLeft(b3 + b2, 18);
      b6 ^= Integer.rotateLeft(b5 + b4, 7);
      b7 ^= Integer.rotateLeft(b6 + b5, 9);
      b4 ^= Integer.rotateLeft(b7 + b6, 13);
      b5 ^= Integer.rotateLeft(b4 + b7, 18);
      b11 ^= Integer.rotateLeft(b10 + b9, 7);
      b8 ^= Integer.rotateLeft(b11 + b10, 9);
      b9 ^= Integer.rotateLeft(b8 + b11, 13);
      b10 ^= Integer.rotateLeft(b9 + b8, 18);
      b12 ^= Integer.rotateLeft(b15 + b14, 7);
      b13 ^= Integer.rotateLeft(b12 + b15, 9);
      b14 ^= Integer.rotateLeft(b13 + b12, 13);
      b15 ^= Integer.rotateLeft(b14 + b13, 18);
    }
    block[at] += b0;
    block[at + 1] += b1;
    block[at + 2] += b2;
    block[at + 3] += b3;
    block[at + 4] += b4;
    block[at + 5] += b5;
    block[at + 6] += b6;
    block[at + 7] += b7;
    block[at + 8] += b8;
    block[at + 9] += b9;
    block[at + 10] += b10;
    block[at + 11] += b11;
    block[at + 12] += b12;
    block[at + 13] += b13;
    block[at + 14] += b14;
    block[at + 15] += b15;
  }
}
