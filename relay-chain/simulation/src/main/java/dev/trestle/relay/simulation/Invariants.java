package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.StatementKind;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must hold after every event. Shares no predicate with the core: a bug there must not hide
 * itself here.
 */
final class Invariants {
  private final ValidatorSet validators;
  private final Hash32 chainId;
  private final Signatures signatures;
  private final Set<EvmAddress> liars;
  private final boolean checkCertificates;
  private final Map<Long, Block> decided = new TreeMap<>();
  private final Map<EvmAddress, List<Statement>> said = new TreeMap<>();

  Invariants(
      ValidatorSet validators,
      Hash32 chainId,
      Signatures signatures,
      Set<EvmAddress> liars,
      boolean checkCertificates) {
    this.validators = validators;
    this.chainId = chainId;
    this.signatures = signatures;
    this.liars = new TreeSet<>(liars);
    this.checkCertificates = checkCertificates;
  }

  /** Agreement, and that the certificate would convince a contract. */
  void onDecided(String node, Block block, CommitCertificate certificate) {
    Block first = decided.putIfAbsent(block.height(), block);
    if (first != null && !first.id().equals(block.id())) {
      throw new Violation(
          "agreement: " + node + " decided " + block + ", another decided " + first);
    }
    Block before = decided.get(block.height() - 1);
    if (before != null && !block.header().parentId().equals(before.id())) {
      throw new Violation("chain: " + block + " is not on " + before);
    }
    if (checkCertificates && !convinces(block, certificate)) {
      throw new Violation("certificate: " + node + " decided " + block + " without a quorum");
    }
  }

  private boolean convinces(Block block, CommitCertificate certificate) {
    Hash32 digest =
        Statement.commit(block.height(), certificate.round(), block.id()).digest(chainId);
    int count = 0;
    for (int i = 0; i < certificate.signatures().size(); i++) {
      EvmAddress signer = validators.address(certificate.signatures().signers().get(i));
      count +=
          signatures.signed(certificate.signatures().signatures().get(i), digest, signer) ? 1 : 0;
    }
    return 3 * count > 2 * validators.size();
  }

  /** A correct node never says two things that contradict each other. */
  void onSaid(EvmAddress speaker, Statement statement) {
    if (liars.contains(speaker)) {
      return;
    }
    List<Statement> before = said.computeIfAbsent(speaker, each -> new ArrayList<>());
    before.removeIf(each -> each.height() < statement.height());
    for (Statement each : before) {
      if (!each.equals(statement) && contradicts(each, statement)) {
        throw new Violation("self-contradiction: " + speaker + " " + each + " " + statement);
      }
    }
    if (!before.contains(statement)) {
      before.add(statement);
    }
  }

  private static boolean contradicts(Statement a, Statement b) {
    if (a.height() != b.height()) {
      return false;
    }
    if (a.kind() == b.kind() && a.round() == b.round()) {
      return true;
    }
    Statement commit = a.kind() == StatementKind.COMMIT ? a : b;
    Statement change = commit.equals(a) ? b : a;
    boolean pair =
        commit.kind() == StatementKind.COMMIT && change.kind() == StatementKind.ROUND_CHANGE;
    if (!pair || change.round() <= commit.round()) {
      return false;
    }
    return change.preparedRound() < commit.round()
        || (change.preparedRound() == commit.round() && !change.blockId().equals(commit.blockId()));
  }

  /** Nobody can prove that a correct node lied. */
  void onEvidence(Evidence evidence) {
    if (!liars.contains(evidence.offender())) {
      throw new Violation("evidence against a correct node: " + evidence);
    }
  }
}
