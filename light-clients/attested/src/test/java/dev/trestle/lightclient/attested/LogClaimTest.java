package dev.trestle.lightclient.attested;

import static dev.trestle.lightclient.attested.AttestedUpdateTest.assertReason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogClaimTest {
  private static final long HEIGHT = 150;

  private final Fixture four = new Fixture(4, 3);
  private final EvmLog first = Fixture.packetReceived();
  private final EvmLog second = Fixture.transferSent();
  private final MerklePatriciaTrie trie = attest(HEIGHT, Fixture.receipts(true, first, second));

  @Test
  void aLogOfAnAttestedBlockIsProved() {
    Claim claim = claim(HEIGHT, 1, 1, second);
    ProvenFact fact = four.client.membership(four.view, claim, Fixture.budget()).orThrow();
    assertThat(fact.value()).isEqualTo(second.encode());
    assertThat(fact.block().height()).isEqualTo(HEIGHT);
    assertThat(fact.confirmations()).isEqualTo(ProvenFact.FINAL);
    assertThat(check(claim(HEIGHT, 1, 0, first)).isAccepted()).isTrue();
  }

  @Test
  void otherClaimsAreRefused() {
    assertReason(RejectionCode.UNKNOWN_HEIGHT, check(claim(HEIGHT + 1, 1, 1, second)));
    assertReason(RejectionCode.VALUE_MISMATCH, check(claim(HEIGHT, 1, 0, second)));
    assertReason(RejectionCode.INDEX_OUT_OF_RANGE, check(claim(HEIGHT, 1, 2, second)));
    assertReason(RejectionCode.INDEX_OUT_OF_RANGE, check(claim(HEIGHT, 3, 0, second)));
    assertReason(RejectionCode.INDEX_OUT_OF_RANGE, check(claim(HEIGHT, 0xffff_ffffL, 0, second)));
    Claim good = claim(HEIGHT, 1, 1, second);
    EvmLog imposter = new EvmLog(Bytes.wrap(new byte[20]), second.topics(), second.data());
    assertReason(
        RejectionCode.PATH_MISMATCH,
        check(new Claim(good.path(), imposter.encode(), good.proof())));
    Bytes otherPath = new LogPosition(HEIGHT, Bytes.wrap(new byte[20]), 1, 1).encode();
    assertReason(
        RejectionCode.PATH_MISMATCH, check(new Claim(otherPath, good.value(), good.proof())));
    assertReason(
        RejectionCode.VALUE_MISMATCH, check(new Claim(otherPath, imposter.encode(), good.proof())));
  }

  @Test
  void logsOfARevertedTransactionAreRefused() {
    Fixture fixture = new Fixture(4, 3);
    List<EvmReceipt> receipts = Fixture.receipts(false, first, second);
    MerklePatriciaTrie reverted = ReceiptProof.trie(receipts);
    fixture.accept(Fixture.header(HEIGHT, Hash32.ZERO, reverted.root(), Fixture.NOW, ""), 0, 1, 2);
    Claim claim =
        new LogPosition(HEIGHT, Fixture.BRIDGE, 1, 1)
            .claim(second, reverted.prove(ReceiptProof.key(1)));
    assertReason(
        RejectionCode.RECEIPT_REVERTED,
        fixture.client.membership(fixture.view, claim, Fixture.budget()));
  }

  @Test
  void malformedClaimsAreRefused() {
    Claim good = claim(HEIGHT, 1, 1, second);
    Bytes zero = Bytes.fromHex("00");
    for (Claim bad :
        List.of(
            new Claim(Bytes.concat(good.path(), zero), good.value(), good.proof()),
            new Claim(good.path(), Bytes.concat(good.value(), zero), good.proof()),
            new Claim(good.path(), good.value(), Bytes.concat(good.proof(), zero)),
            new Claim(Bytes.EMPTY, good.value(), good.proof()),
            new Claim(good.path(), Bytes.EMPTY, good.proof()),
            new Claim(good.path(), good.value(), Bytes.EMPTY),
            new Claim(
                Bytes.concat(Bytes.fromHex("02"), good.path().slice(1, good.path().size())),
                good.value(),
                good.proof()))) {
      assertReason(RejectionCode.MALFORMED, check(bad));
    }
    List<Bytes> nodes = new ArrayList<>(trie.prove(ReceiptProof.key(1)));
    assertReason(RejectionCode.BRANCH_LENGTH, check(withProof(good, nodes.subList(0, 1))));
    nodes.add(nodes.getFirst());
    assertReason(RejectionCode.BRANCH_LENGTH, check(withProof(good, nodes)));
    nodes.removeLast();
    assertReason(RejectionCode.ROOT_MISMATCH, check(withProof(good, nodes.reversed())));
    assertReason(
        RejectionCode.MALFORMED,
        check(withProof(good, java.util.Collections.nCopies(17, nodes.getFirst()))));
  }

  @Test
  void workIsBounded() {
    assertReason(
        RejectionCode.BUDGET_EXCEEDED,
        four.client.membership(four.view, claim(HEIGHT, 1, 1, second), new Budget(1)));
    assertReason(
        RejectionCode.MALFORMED,
        four.client.nonMembership(four.view, Bytes.EMPTY, Bytes.EMPTY, Fixture.budget()));
  }

  @Test
  void aFrozenClientProvesNothing() {
    Bytes fork = Fixture.header(HEIGHT, Hash32.ZERO, Hash32.ZERO, Fixture.NOW, "fork");
    Bytes evidence = AttestedUpdate.evidence(List.of(four.update(fork, 0, 1, 2)));
    four.view.apply(
        four.client
            .checkMisbehaviour(four.view, evidence, Fixture.budget(), Fixture.NOW)
            .orThrow());
    assertReason(RejectionCode.CLIENT_FROZEN, check(claim(HEIGHT, 1, 1, second)));
  }

  private MerklePatriciaTrie attest(long height, List<EvmReceipt> receipts) {
    MerklePatriciaTrie built = ReceiptProof.trie(receipts);
    four.accept(Fixture.header(height, Hash32.ZERO, built.root(), Fixture.NOW, ""), 0, 1, 2);
    return built;
  }

  private Claim claim(long height, long transaction, long logIndex, EvmLog log) {
    return new LogPosition(height, Fixture.BRIDGE, transaction, logIndex)
        .claim(log, trie.prove(ReceiptProof.key(transaction)));
  }

  private static Claim withProof(Claim claim, List<Bytes> nodes) {
    Bytes proof = new CanonicalWriter().list(nodes, CanonicalWriter::bytes).toBytes();
    return new Claim(claim.path(), claim.value(), proof);
  }

  private Verdict<ProvenFact> check(Claim claim) {
    return four.client.membership(four.view, claim, Fixture.budget());
  }
}
