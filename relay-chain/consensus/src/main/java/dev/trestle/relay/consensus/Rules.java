package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;

/**
 * The decisions that safety rests on, each in one place. Not public: production code cannot replace
 * one. The simulation, which nothing depends on, overrides them to prove that it notices.
 */
class Rules {
  /** The protocol. */
  static final Rules QBFT = new Rules();

  /**
   * By recovery, not by verification against a key: a wrong parity bit would pass the latter here
   * and fail {@code ecrecover} in a contract.
   */
  boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    return Secp256k1.instance()
        .recover(signature, digest)
        .filter(key -> key.evmAddress().equals(signer))
        .isPresent();
  }

  boolean isQuorum(ValidatorSet validators, int votes) {
    return validators.isQuorum(votes);
  }

  /** R1: whether a proposal's justification is looked at. */
  boolean checksJustification() {
    return true;
  }

  /** R1, R6: whether prepared certificates are verified. */
  boolean checksPreparedCertificate() {
    return true;
  }

  /** R6: whether {@code candidate} is to be preferred as what was prepared. */
  boolean outranks(int candidateRound, int bestRound) {
    return candidateRound > bestRound;
  }

  /** R2: a PREPARE quorum of an older round is too late. */
  boolean mayCommit(int quorumRound, int currentRound) {
    return quorumRound == currentRound;
  }

  /** R4: whether the timer of a later round waits until a quorum is there. */
  boolean timerWaitsForQuorum() {
    return true;
  }
}
