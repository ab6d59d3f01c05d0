package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignPosition;
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
 *
 * <ul>
 *   <li>S1 agreement: one block a height
 *   <li>S2 every block stands on the one before
 *   <li>S3 a decision has signatures of more than two thirds of the set of its height
 *   <li>S4 a correct validator never contradicts itself, whatever its machine does
 *   <li>S5 nobody has evidence against a correct validator
 *   <li>S6 a correct PREPARE is for a block that the round's proposer has proposed in that round
 *   <li>S7 a correct COMMIT follows PREPAREs of a quorum
 *   <li>S8 a correct PREPARE of a later round follows ROUND_CHANGEs of a quorum
 *   <li>S9 a correct PREPARE is for a block whose execution gives what its header says
 *   <li>S10 nobody can make a correct validator keep more than so much
 *   <li>L1 after the faults end, every correct node decides further heights in bounded time
 * </ul>
 */
final class Invariants {
  private final Membership membership;
  private final Signatures signatures;
  private final SimLedger ledger;
  private final Set<EvmAddress> liars = new TreeSet<>();
  private final Map<Long, Block> decided = new TreeMap<>();
  private final Map<Long, List<EvmAddress>> orders = new TreeMap<>();
  private final Map<EvmAddress, Long> leftOut = new TreeMap<>();
  private final Map<EvmAddress, List<Statement>> said = new TreeMap<>();

  Invariants(Membership membership, Signatures signatures, SimLedger ledger) {
    this.membership = membership;
    this.signatures = signatures;
    this.ledger = ledger;
    List<EvmAddress> first = new ArrayList<>();
    ValidatorSet set = membership.at(1);
    for (int i = 0; i < set.size(); i++) {
      first.add(set.address((1 + i) % set.size()));
    }
    orders.put(1L, first);
    membership.liars().forEach(key -> liars.add(membership.everyone().address(key)));
  }

  /** S1, S2, S3. */
  void onDecided(String node, Block block, CommitCertificate certificate) {
    Block first = decided.putIfAbsent(block.height(), block);
    if (first != null && !first.id().equals(block.id())) {
      throw new Violation("S1 " + node + " decided " + block + ", another decided " + first);
    }
    if (first == null) {
      rotate(block);
    }
    Block before = decided.get(block.height() - 1);
    if (before != null && !block.header().parentId().equals(before.id())) {
      throw new Violation("S2 " + block + " is not on " + before);
    }
    if (!convinces(block, certificate)) {
      throw new Violation("S3 " + node + " decided " + block + " without a quorum");
    }
  }

  /** Who proposes at the height after next follows from in which round this one's parent ended. */
  private void rotate(Block block) {
    long height = block.height();
    List<EvmAddress> parents = orders.getOrDefault(height - 1, List.of());
    int lost = block.lastCommit().map(CommitCertificate::round).orElse(0);
    for (int i = 0; i < Math.min(lost, parents.size()); i++) {
      leftOut.put(parents.get(i), height - 1 + 8L * parents.size());
    }
    ValidatorSet set = membership.at(height + 1);
    List<EvmAddress> order = new ArrayList<>();
    for (boolean late : new boolean[] {false, true}) {
      for (int i = 0; i < set.size(); i++) {
        EvmAddress member = set.address((int) ((height + 1 + i) % set.size()));
        if (leftOut.getOrDefault(member, 0L) > height + 1 == late) {
          order.add(member);
        }
      }
    }
    orders.put(height + 1, order);
  }

  private boolean convinces(Block block, CommitCertificate certificate) {
    ValidatorSet set = membership.at(block.height());
    Hash32 digest =
        signatures.digest(Statement.commit(block.height(), certificate.round(), block.id()));
    Set<EvmAddress> signers = new TreeSet<>();
    for (int i = 0; i < certificate.signatures().size(); i++) {
      int number = certificate.signatures().signers().get(i);
      if (number < set.size()
          && signatures.signed(
              certificate.signatures().signatures().get(i), digest, set.address(number))) {
        signers.add(set.address(number));
      }
    }
    return 3 * signers.size() > 2 * set.size();
  }

  /** S4, S6 to S9. */
  void onSaid(EvmAddress speaker, Statement statement) {
    if (liars.contains(speaker)) {
      return;
    }
    List<Statement> before = said.computeIfAbsent(speaker, each -> new ArrayList<>());
    if (before.contains(statement)) {
      return;
    }
    before.removeIf(each -> each.height() < statement.height());
    for (Statement each : before) {
      if (Contradictions.between(each, statement)) {
        throw new Violation("S4 " + speaker + " said " + each + " and " + statement);
      }
    }
    before.add(statement);
    switch (statement.kind()) {
      case PREPARE -> checkPrepare(statement);
      case COMMIT -> checkCommit(statement);
      case PROPOSAL, ROUND_CHANGE -> {}
    }
  }

  private void checkPrepare(Statement prepare) {
    ValidatorSet set = membership.at(prepare.height());
    List<EvmAddress> order = orders.getOrDefault(prepare.height(), List.of());
    EvmAddress proposer = order.get(prepare.round() % order.size());
    Statement proposal = Statement.proposal(prepare.height(), prepare.round(), prepare.blockId());
    if (!signatures.hasSigned(proposer, proposal)) {
      throw new Violation("S6 nobody with a right to has proposed " + prepare);
    }
    if (!ledger.isValid(prepare.blockId())) {
      throw new Violation("S9 an invalid block is prepared: " + prepare);
    }
    SignPosition change =
        new SignPosition(prepare.height(), prepare.round(), StatementKind.ROUND_CHANGE);
    if (prepare.round() > 0 && !isQuorum(set, each -> signatures.hasSignedAt(each, change))) {
      throw new Violation("S8 no quorum is in the round of " + prepare);
    }
  }

  private void checkCommit(Statement commit) {
    Statement prepare = Statement.prepare(commit.height(), commit.round(), commit.blockId());
    ValidatorSet set = membership.at(commit.height());
    if (!isQuorum(set, each -> signatures.hasSigned(each, prepare))) {
      throw new Violation("S7 no quorum has prepared " + commit);
    }
  }

  private static boolean isQuorum(
      ValidatorSet set, java.util.function.Predicate<EvmAddress> counts) {
    long count = set.members().stream().filter(each -> counts.test(each.address())).count();
    return 3 * count > 2L * set.size();
  }

  /** S5. */
  void onEvidence(Evidence evidence) {
    if (!liars.contains(evidence.offender())) {
      throw new Violation("S5 evidence against a correct node: " + evidence);
    }
  }

  /** S10. */
  static void onWeight(String node, int weight, int limit) {
    if (weight > limit) {
      throw new Violation("S10 " + node + " keeps " + weight + " things, more than " + limit);
    }
  }
}
