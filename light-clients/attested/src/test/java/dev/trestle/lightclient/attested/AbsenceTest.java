package dev.trestle.lightclient.attested;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.evm.BridgeTimeouts;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import org.junit.jupiter.api.Test;

/** Proofs that a contract has not stored something, below an attested header. */
class AbsenceTest {
  private static final long HEIGHT = 120;

  private final Fixture four = new Fixture(4, 3);
  private final EvmFixture chain = new EvmFixture("absence", number -> Bytes.EMPTY);
  private final Hash32 free = chain.freeSlot(HEIGHT);

  AbsenceTest() {
    four.accept(Fixture.header(HEIGHT, chain.state(HEIGHT).root(), Fixture.NOW + 5), 0, 1, 2);
  }

  private Verdict<ProvenFact> absent(long height, Hash32 slot, EvmProof proof, Budget budget) {
    return four.client.nonMembership(
        four.view,
        new EvmPath.Storage(height, EvmFixture.CONTRACT, slot).encode(),
        proof.encode(),
        budget);
  }

  private static void refused(RejectionCode code, Verdict<ProvenFact> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }

  @Test
  void whatIsNotStoredIsProvedAbsent() {
    ProvenFact fact =
        absent(HEIGHT, free, chain.storageProof(HEIGHT, HEIGHT, free), Fixture.budget()).orThrow();
    assertThat(fact.value()).isEqualTo(Bytes.EMPTY);
    assertThat(fact.block().height()).isEqualTo(HEIGHT);
    assertThat(fact.block().timestampSeconds()).isEqualTo(Fixture.NOW + 5);
    assertThat(fact.confirmations()).isEqualTo(ProvenFact.FINAL);
  }

  @Test
  void everythingElseIsRefused() {
    EvmProof used = chain.storageProof(HEIGHT, HEIGHT, EvmFixture.USED_SLOT);
    EvmProof unused = chain.storageProof(HEIGHT, HEIGHT, free);
    refused(
        RejectionCode.VALUE_MISMATCH, absent(HEIGHT, EvmFixture.USED_SLOT, used, Fixture.budget()));
    assertThat(absent(HEIGHT, EvmFixture.USED_SLOT, unused, Fixture.budget()).isAccepted())
        .as("a proof of another slot")
        .isFalse();
    refused(
        RejectionCode.UNKNOWN_HEIGHT,
        absent(
            HEIGHT + 1, free, chain.storageProof(HEIGHT + 1, HEIGHT + 1, free), Fixture.budget()));
    refused(RejectionCode.PATH_MISMATCH, absent(HEIGHT - 1, free, unused, Fixture.budget()));
    refused(RejectionCode.BUDGET_EXCEEDED, absent(HEIGHT, free, unused, new Budget(1)));
  }

  /** Solidity: the entry of key 0 in a mapping in slot 0. */
  @Test
  void receiptsOfTheBridgeStandInItsFirstSlot() {
    EvmPath.Storage path =
        (EvmPath.Storage)
            EvmPath.decode(
                new BridgeTimeouts().receipt(EvmFixture.CONTRACT.bytes(), Hash32.ZERO, 7));
    assertThat(path.height()).isEqualTo(7);
    assertThat(path.address()).isEqualTo(EvmFixture.CONTRACT);
    assertThat(path.slot())
        .isEqualTo(
            Hash32.fromHex("ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"))
        .isEqualTo(Digests.keccak256(Bytes.wrap(new byte[64])));
  }
}
