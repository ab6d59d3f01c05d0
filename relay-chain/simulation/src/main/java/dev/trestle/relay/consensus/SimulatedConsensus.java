package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import java.util.List;

/** Cores and verifiers that know no cryptography, with or without a {@link Flaw}. */
public final class SimulatedConsensus {
  /** Knows who signed what. */
  public interface SignatureOracle {
    /** Stands for the digest: the same for equal statements and for no others. */
    Hash32 digest(Statement statement);

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

  /**
   * The head after {@code block}.
   *
   * @param ownRound of the certificate of {@code head} that this node has seen itself
   */
  public static ChainHead next(
      Flaw flaw, ChainHead head, Block block, ValidatorSet nextButOne, int ownRound) {
    return flaw == Flaw.ROTATION_FROM_OWN_VIEW
        ? ChainHead.of(
            block, head.nextValidators(), nextButOne, head.rotation().next(ownRound, nextButOne))
        : head.next(block, nextButOne);
  }

  /** How many statements, votes, round changes and bodies the core keeps: what a flood can grow. */
  public static int weight(ConsensusState state) {
    int weight = 0;
    for (var each : state.peers().early().values()) {
      weight += each.size();
    }
    if (state.current().isEmpty()) {
      return weight;
    }
    HeightState height = state.current().get();
    for (var each : height.votes().votes().values()) {
      weight += each.size();
    }
    for (var each : height.changes().bySender().values()) {
      weight += each.size();
    }
    for (EvidenceLog log : List.of(height.said(), height.saidBefore())) {
      for (var each : log.said().values()) {
        weight += each.size();
      }
    }
    return weight + height.bodies().entries().size() + height.own().size();
  }

  /** What {@link #weight} may come to for a set of {@code n} in any run. */
  public static int weightLimit(int n) {
    int rounds = ConsensusLimits.PAST_ROUNDS + ConsensusLimits.ROUND_WINDOW + 1;
    int votes = 2 * ConsensusLimits.BLOCKS_PER_VOTER * rounds;
    int changes = ConsensusLimits.ROUND_WINDOW + 2;
    return n
            * (ConsensusLimits.FUTURE_MESSAGES_PER_SENDER
                + votes
                + changes
                + 2 * ConsensusLimits.STATEMENTS_PER_SENDER)
        + ConsensusLimits.MAX_BODIES
        + 3 * rounds;
  }

  private static final class FlawedRules extends Rules {
    private final Flaw flaw;
    private final SignatureOracle oracle;

    FlawedRules(Flaw flaw, SignatureOracle oracle) {
      this.flaw = flaw;
      this.oracle = oracle;
    }

    @Override
    Hash32 digest(Statement statement, Hash32 chainId) {
      return oracle.digest(statement);
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
    boolean checksProposer() {
      return flaw != Flaw.PROPOSER_UNCHECKED;
    }

    @Override
    boolean bindsRound() {
      return flaw != Flaw.OTHER_ROUND_COUNTED;
    }

    @Override
    boolean countsOnce() {
      return flaw != Flaw.DUPLICATE_COUNTED;
    }

    @Override
    boolean bindsPreparedBlock() {
      return flaw != Flaw.PREPARED_BLOCK_UNCHECKED;
    }

    @Override
    boolean checksExecution() {
      return flaw != Flaw.EXECUTION_UNCHECKED;
    }

    @Override
    boolean freezesRoundChange() {
      return flaw != Flaw.CHANGE_RECOMPUTED;
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
