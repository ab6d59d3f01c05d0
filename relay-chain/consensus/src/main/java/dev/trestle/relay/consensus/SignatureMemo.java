package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Signatures that this node has found good, so that each is checked once however often it comes:
 * first as a vote, then in a certificate, then in the next block. Holds nothing that was not
 * checked here; forgets the oldest. A node of its own has its own. Safe from any thread.
 */
public final class SignatureMemo {
  /** Signatures that are remembered: those of some heights of the largest set. */
  static final int MAX_REMEMBERED = 8 * 4 * ConsensusLimits.MAX_VALIDATORS;

  private final SequencedSet<Checked> good = new LinkedHashSet<>();
  private final Rules rules;

  private record Checked(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {}

  public SignatureMemo() {
    this.rules = new Rules.Remembering(this);
  }

  /** What this node's own key has just signed: the signer checks what it makes. */
  public void own(EcdsaSignature signature, Hash32 digest, EvmAddress self) {
    remember(signature, digest, self);
  }

  /** The protocol's rules, with this memory. */
  Rules rules() {
    return rules;
  }

  boolean knows(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    synchronized (good) {
      return good.contains(new Checked(signature, digest, signer));
    }
  }

  void found(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    remember(signature, digest, signer);
  }

  private void remember(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    synchronized (good) {
      good.add(new Checked(signature, digest, signer));
      while (good.size() > MAX_REMEMBERED) {
        good.removeFirst();
      }
    }
  }
}
