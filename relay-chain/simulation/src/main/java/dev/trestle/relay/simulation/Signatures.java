package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.SignPosition;
import dev.trestle.relay.consensus.SimulatedConsensus;
import dev.trestle.relay.consensus.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Signatures as a register of who signed what: unforgeable by construction, a thousand times faster
 * than curves and hashes. Only looked up, never iterated, so the hash maps cost no determinism.
 */
final class Signatures implements SimulatedConsensus.SignatureOracle {
  private record Claim(Hash32 digest, EvmAddress signer) {}

  private final Map<Statement, Hash32> digests = new HashMap<>();
  private final Map<Claim, EcdsaSignature> made = new HashMap<>();
  private final Map<SignPosition, Set<EvmAddress>> signers = new HashMap<>();
  private long count;

  @Override
  public Hash32 digest(Statement statement) {
    return digests.computeIfAbsent(statement, each -> new Hash32(number(Hash32.SIZE)));
  }

  /** The same signature for the same digest. */
  EcdsaSignature sign(EvmAddress signer, SignPosition position, Hash32 digest) {
    signers.computeIfAbsent(position, each -> new HashSet<>()).add(signer);
    return made.computeIfAbsent(
        new Claim(digest, signer), each -> new EcdsaSignature(number(EcdsaSignature.SIZE)));
  }

  private Bytes number(int size) {
    count++;
    return new CanonicalWriter().fixed(Bytes.wrap(new byte[size - 8])).u64(count).toBytes();
  }

  @Override
  public boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    return signature.equals(made.get(new Claim(digest, signer)));
  }

  /** Whether the signer ever signed this. */
  boolean hasSigned(EvmAddress signer, Statement statement) {
    return made.containsKey(new Claim(digest(statement), signer));
  }

  /** Whether the signer ever signed anything at this position. */
  boolean hasSignedAt(EvmAddress signer, SignPosition position) {
    return signers.getOrDefault(position, Set.of()).contains(signer);
  }
}
