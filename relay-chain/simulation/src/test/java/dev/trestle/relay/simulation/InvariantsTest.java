package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every invariant notices what it is there for. */
class InvariantsTest {
  private final Membership membership =
      new Membership(Membership.Change.FIXED, 4, 1, 1, 3); // key 3 lies
  private final Signatures signatures = new Signatures();
  private final SimLedger ledger = new SimLedger(World.CHAIN, membership);
  private final Invariants invariants = new Invariants(membership, signatures, ledger);

  private EvmAddress address(int key) {
    return membership.everyone().address(key);
  }

  private void sign(int key, Statement statement) {
    signatures.sign(address(key), statement.position(), signatures.digest(statement));
  }

  private Block block(Optional<Packet.Decided> parent, long content, SimLedger.Fault fault) {
    return ledger.build(parent, address(1), World.EPOCH_MS + content, content, fault);
  }

  private CommitCertificate certificate(Block block, int... signers) {
    Statement commit = Statement.commit(block.height(), 0, block.id());
    SortedMap<Integer, dev.trestle.crypto.EcdsaSignature> made = new TreeMap<>();
    for (int key : signers) {
      made.put(key, signatures.sign(address(key), commit.position(), signatures.digest(commit)));
    }
    return new CommitCertificate(
        block.height(),
        0,
        block.id(),
        new SignatureList(4, List.copyOf(made.keySet()), List.copyOf(made.values())));
  }

  private static void assertViolates(String id, Runnable action) {
    assertThatThrownBy(action::run).isInstanceOf(Violation.class).hasMessageStartingWith(id);
  }

  @Test
  void agreementLinkageAndQuorum() {
    Block one = block(Optional.empty(), 1, SimLedger.Fault.NONE);
    Block other = block(Optional.empty(), 2, SimLedger.Fault.NONE);
    invariants.onDecided("a", one, certificate(one, 0, 1, 2));
    assertViolates("S1", () -> invariants.onDecided("b", other, certificate(other, 0, 1, 3)));
    Packet.Decided wrong = new Packet.Decided(other, certificate(other, 0, 1, 3));
    Block second = block(Optional.of(wrong), 3, SimLedger.Fault.NONE);
    assertViolates("S2", () -> invariants.onDecided("b", second, certificate(second, 0, 1, 2)));
    Packet.Decided right = new Packet.Decided(one, certificate(one, 0, 1, 2));
    Block third = block(Optional.of(right), 4, SimLedger.Fault.NONE);
    Invariants fresh = new Invariants(membership, signatures, ledger);
    assertViolates("S3", () -> fresh.onDecided("b", third, certificate(third, 0, 1)));
  }

  @Test
  void correctValidatorsDoNotContradictThemselves() {
    Block one = block(Optional.empty(), 1, SimLedger.Fault.NONE);
    Block other = block(Optional.empty(), 2, SimLedger.Fault.NONE);
    for (int key : new int[] {0, 1, 2, 3}) {
      sign(key, Statement.prepare(1, 0, one.id()));
    }
    sign(1, Statement.proposal(1, 0, one.id()));
    sign(1, Statement.proposal(1, 0, other.id()));
    invariants.onSaid(address(0), Statement.prepare(1, 0, one.id()));
    assertViolates("S4", () -> invariants.onSaid(address(0), Statement.prepare(1, 0, other.id())));
    invariants.onSaid(address(0), Statement.commit(1, 0, one.id()));
    Statement denial = Statement.roundChange(1, 1, -1, dev.trestle.base.Hash32.ZERO);
    assertViolates("S4", () -> invariants.onSaid(address(0), denial));
    // a liar may
    invariants.onSaid(address(3), Statement.prepare(1, 0, one.id()));
    assertThatCode(() -> invariants.onSaid(address(3), Statement.prepare(1, 0, other.id())))
        .doesNotThrowAnyException();
  }

  @Test
  void votesHaveTheirReasons() {
    Block good = block(Optional.empty(), 1, SimLedger.Fault.NONE);
    Block bad = block(Optional.empty(), 2, SimLedger.Fault.STATE_ROOT);
    Statement prepare = Statement.prepare(1, 0, good.id());
    assertViolates("S6", () -> invariants.onSaid(address(0), prepare));
    sign(2, Statement.proposal(1, 0, good.id())); // round 0 of height 1 is number 1's
    assertViolates("S6", () -> invariants.onSaid(address(2), prepare));
    sign(1, Statement.proposal(1, 0, bad.id()));
    assertViolates("S9", () -> invariants.onSaid(address(1), Statement.prepare(1, 0, bad.id())));
    sign(2, Statement.proposal(1, 1, good.id()));
    Statement later = Statement.prepare(1, 1, good.id());
    assertViolates("S8", () -> invariants.onSaid(address(1), later));
    sign(0, Statement.prepare(1, 0, good.id()));
    sign(1, Statement.prepare(1, 0, good.id()));
    assertViolates("S7", () -> invariants.onSaid(address(2), Statement.commit(1, 0, good.id())));
    assertViolates("S10", () -> Invariants.onWeight("a", 11, 10));
  }
}
