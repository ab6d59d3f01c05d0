package dev.trestle.crypto;

/** Chooses the implementation once, at first use. */
final class Secp256k1Holder {
  static final Secp256k1 INSTANCE = new NativeSecp256k1(fr.acinq.secp256k1.Secp256k1.get());

  private Secp256k1Holder() {}
}
