package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import java.util.Optional;

/** A 65-byte secp256k1 signature {@code r || s || v} with v 0 or 1. */
final class Seal {
  static final int SIZE = 65;

  private Seal() {}

  /**
   * Who made the seal; empty if it is no signature of anyone. High s is taken as the chains take
   * it: it names the same signer and counts once.
   */
  static Optional<EvmAddress> signer(Bytes seal, Hash32 digest) {
    return EcdsaSignature.normalized(seal.slice(0, SIZE - 1), seal.at(SIZE - 1))
        .flatMap(signature -> Secp256k1.instance().recover(signature, digest))
        .map(PublicKey::evmAddress);
  }
}
