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

  /** What is signed. */
  Hash32 digest(Statement statement, Hash32 chainId) {
    return statement.digest(chainId);
  }

  /**
   * By recovery, not by verification against a key: a wrong parity bit would pass the latter here
   * and fail {@code ecrecover} in a contract.
   */
  boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
    return Secp256k1.instance()
        .recoverAddress(signature, digest)
        .filter(signer::equals)
        .isPresent();
  }

  /** The same, but a signature that was found good once is not checked again. */
  static final class Remembering extends Rules {
    private final SignatureMemo memo;

    Remembering(SignatureMemo memo) {
      this.memo = memo;
    }

    @Override
    boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
      if (memo.knows(signature, digest, signer)) {
        return true;
      }
      boolean good = super.signed(signature, digest, signer);
      if (good) {
        memo.found(signature, digest, signer);
      }
      return good;
    }
  }

  boolean isQuorum(ValidatorSet validators, int votes) {
    return validators.isQuorum(votes);
  }

  /** R1: whether only the proposer of a round may propose in it. */
  boolean checksProposer() {
    return true;
  }

  /** R1: whether a round change of another round justifies nothing. */
  boolean bindsRound() {
    return true;
  }

  /** R1: whether a validator counts once, however many round changes of it are attached. */
  boolean countsOnce() {
    return true;
  }

  /** R1: whether the block must be the one that the highest certificate names. */
  boolean bindsPreparedBlock() {
    return true;
  }

  /** R1: whether what execution says is looked at. */
  boolean checksExecution() {
    return true;
  }

  /** R7: whether a ROUND_CHANGE is sent again as it was first said. */
  boolean freezesRoundChange() {
    return true;
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
