package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Signatures as a register of who signed what: unforgeable by construction, a thousand times faster
 * than curves. Only looked up, never iterated, so the hash map costs no determinism.
 */
final class Signatures {
  private record Entry(Hash32 digest, EvmAddress signer) {}

  private final Map<EcdsaSignature, Entry> made = new HashMap<>();

  EcdsaSignature sign(EvmAddress signer, Hash32 digest) {
    Hash32 half = Digests.keccak256(signer.bytes(), digest.bytes());
    EcdsaSignature signature = new EcdsaSignature(Bytes.concat(half.bytes(), half.bytes()));
    made.put(signature, new Entry(digest, signer));
    return signature;
  }

  boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    Entry entry = made.get(signature);
    return entry != null && entry.signer().equals(signer) && entry.digest().equals(digest);
  }
}
