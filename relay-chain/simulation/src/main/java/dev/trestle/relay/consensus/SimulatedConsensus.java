package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;

/** Cores and verifiers that know no cryptography, with or without a {@link Flaw}. */
public final class SimulatedConsensus {
  /** Knows who signed what. */
  @FunctionalInterface
  public interface SignatureOracle {
    boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer);
  }

  private final Rules rules;

  public SimulatedConsensus(Flaw flaw, SignatureOracle oracle) {
    this.rules = new FlawedRules(flaw, oracle);
  }

  public ConsensusCore core(ConsensusConfig config, ConsensusSigner signer) {
    return new ConsensusCore(config, signer, rules);
  }

  public Verdict<VerifiedMessage> verify(
      SignedMessage message, ValidatorSet validators, Hash32 chainId) {
    return new MessageVerifier(chainId, rules).verify(message, validators);
  }

  public boolean verify(CommitCertificate certificate, ValidatorSet validators, Hash32 chainId) {
    return certificate.verify(validators, chainId, rules).isAccepted();
  }

  private static final class FlawedRules extends Rules {
    private final Flaw flaw;
    private final SignatureOracle oracle;

    FlawedRules(Flaw flaw, SignatureOracle oracle) {
      this.flaw = flaw;
      this.oracle = oracle;
    }

    @Override
    boolean signed(EcdsaSignature signature, Hash32 digest, EvmAddress signer) {
      return oracle.signed(signature, digest, signer);
    }

    @Override
    boolean isQuorum(ValidatorSet validators, int votes) {
      return flaw == Flaw.QUORUM_MINUS_ONE
          ? votes >= validators.quorum() - 1
          : super.isQuorum(validators, votes);
    }

    @Override
    boolean timerWaitsForQuorum() {
      return flaw != Flaw.TIMER_ON_ENTRY;
    }

    @Override
    boolean checksJustification() {
      return flaw != Flaw.JUSTIFICATION_UNCHECKED;
    }

    @Override
    boolean checksPreparedCertificate() {
      return flaw != Flaw.CERTIFICATE_UNVERIFIED;
    }

    @Override
    boolean outranks(int candidateRound, int bestRound) {
      return flaw == Flaw.LOWEST_PREPARED
          ? candidateRound >= 0 && (bestRound < 0 || candidateRound < bestRound)
          : super.outranks(candidateRound, bestRound);
    }

    @Override
    boolean mayCommit(int quorumRound, int currentRound) {
      return flaw == Flaw.LATE_COMMIT
          ? quorumRound <= currentRound
          : super.mayCommit(quorumRound, currentRound);
    }
  }
}
