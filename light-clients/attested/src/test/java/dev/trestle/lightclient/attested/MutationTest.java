package dev.trestle.lightclient.attested;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.ReceiptProof;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whatever differs by one bit from something acceptable is not accepted. */
class MutationTest {
  private static final int ENOUGH = 20_000;

  @Test
  void everySingleBitOfMessageAndClaimCounts() {
    long seed = 0xa77e57L;
    System.out.println("MutationTest seed " + seed);
    Random random = new Random(seed);
    int mutants = 0;
    for (long height = 200; mutants < ENOUGH; height += 2) {
      Fixture fixture = committee(4 + random.nextInt(4));
      mutants += mutate(fixture, height, random);
    }
    assertThat(mutants).isGreaterThanOrEqualTo(ENOUGH);
  }

  private static Fixture committee(int members) {
    return new Fixture(members, 2 * members / 3 + 1);
  }

  private static int mutate(Fixture fixture, long height, Random random) {
    EvmLog log = random.nextBoolean() ? Fixture.transferSent() : Fixture.packetReceived();
    MerklePatriciaTrie trie = ReceiptProof.trie(Fixture.receipts(true, log));
    Bytes header = Fixture.header(height, Hash32.ZERO, trie.root(), Fixture.NOW, "");
    int[] signers = java.util.stream.IntStream.range(0, fixture.anchor.threshold()).toArray();
    Bytes update = fixture.update(header, signers);
    int mutants =
        eachBit(
            update,
            mutant -> fixture.client.verify(fixture.view, mutant, Fixture.budget(), Fixture.NOW));
    Verdict<VerifiedUpdate> good =
        fixture.client.verify(fixture.view, update, Fixture.budget(), Fixture.NOW);
    fixture.view.apply(fixture.client.apply(fixture.view, good.orThrow()));

    Claim claim =
        new LogPosition(height, Fixture.BRIDGE, 1, 0).claim(log, trie.prove(ReceiptProof.key(1)));
    Function<Claim, Verdict<ProvenFact>> check =
        each -> fixture.client.membership(fixture.view, each, Fixture.budget());
    assertThat(check.apply(claim).isAccepted()).isTrue();
    Bytes path = claim.path();
    Bytes value = claim.value();
    Bytes proof = claim.proof();
    mutants += eachBit(path, mutant -> check.apply(new Claim(mutant, value, proof)));
    mutants += eachBit(value, mutant -> check.apply(new Claim(path, mutant, proof)));
    mutants += eachBit(proof, mutant -> check.apply(new Claim(path, value, mutant)));
    return mutants;
  }

  private static <T> int eachBit(Bytes good, Function<Bytes, Verdict<T>> check) {
    for (int bit = 0; bit < 8 * good.size(); bit++) {
      byte[] raw = good.toArray();
      raw[bit / 8] ^= (byte) (1 << (bit % 8));
      Verdict<T> verdict = check.apply(Bytes.wrap(raw));
      assertThat(verdict).as("bit %d", bit).isInstanceOf(Verdict.Rejected.class);
    }
    return 8 * good.size();
  }
}
