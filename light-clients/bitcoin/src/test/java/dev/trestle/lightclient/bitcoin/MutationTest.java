package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every single flipped bit of real headers and claims is noticed; junk never throws. */
class MutationTest {
  private static final long SEED = 20_261_125L;

  private static Bytes flip(Bytes source, int bit) {
    byte[] out = source.toArray();
    out[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.wrap(out);
  }

  private static List<BlockHeader> mainnet() {
    return Vectors.headerFile("bitcoin/headers/mainnet-000000-010236.bin");
  }

  @Test
  void noBitOfAHeaderCanChange() {
    List<BlockHeader> headers = mainnet();
    TestClient client = TestClient.atGenesis(BitcoinNetworks.BITCOIN_MAINNET);
    client.feed(headers.subList(1, 2_000));
    int mutants = 0;
    for (BlockHeader header : headers.subList(2_000, 2_080)) {
      for (int bit = 0; bit < BlockHeader.SIZE * 8; bit++) {
        BlockHeader mutant = BlockHeader.of(flip(header.raw(), bit));
        assertThat(client.verify(List.of(mutant), TestClient.FAR_FUTURE).isAccepted())
            .as(header + " bit " + bit)
            .isFalse();
        mutants++;
      }
      assertThat(client.feed(List.of(header))).isEqualTo("accepted");
    }
    Vectors.report("single-bit mutants of headers refused", mutants);
    assertThat(mutants).isEqualTo(51_200);
  }

  @Test
  void noBitOfAClaimCanChange() {
    Bytes raw = Vectors.file("bitcoin/blocks/mainnet-169482.dat");
    BlockHeader header = BlockHeader.of(raw.slice(0, BlockHeader.SIZE));
    List<BitcoinTransaction> transactions = RealChainTest.transactions(raw);
    List<Hash32> ids = transactions.stream().map(BitcoinTransaction::txId).toList();
    TestClient client = InclusionVectorsTest.clientAt(header, 169_482);
    Bytes coinbase = transactions.getFirst().serialize();
    int mutants = 0;
    for (int i = 1; i < ids.size(); i += 4) {
      Claim claim =
          TransactionInclusion.proof(header.id(), ids, i, coinbase)
              .claim(transactions.get(i).serialize());
      assertThat(client.prove(claim).isAccepted()).isTrue();
      for (int bit = 0; bit < claim.path().size() * 8; bit++) {
        mutants +=
            refused(client, new Claim(flip(claim.path(), bit), claim.value(), claim.proof()));
      }
      for (int bit = 0; bit < claim.value().size() * 8; bit++) {
        mutants +=
            refused(client, new Claim(claim.path(), flip(claim.value(), bit), claim.proof()));
      }
      for (int bit = 0; bit < claim.proof().size() * 8; bit++) {
        mutants +=
            refused(client, new Claim(claim.path(), claim.value(), flip(claim.proof(), bit)));
      }
    }
    Vectors.report("single-bit mutants of claims refused", mutants);
    assertThat(mutants).isGreaterThan(50_000);
  }

  private static int refused(TestClient client, Claim mutant) {
    assertThat(client.prove(mutant).isAccepted()).isFalse();
    return 1;
  }

  /** The control: a checker without the coinbase rule takes a transaction at a wrong depth. */
  @Test
  void withoutTheCoinbaseProofAnInnerNodeWouldPass() {
    Bytes raw = Vectors.file("bitcoin/blocks/mainnet-169482.dat");
    List<Hash32> ids = RealChainTest.txIds(raw);
    MerkleBranch branch = MerkleBranch.of(ids, 2);
    BlockHeader header = BlockHeader.of(raw.slice(0, BlockHeader.SIZE));
    Hash32 inner = dev.trestle.crypto.Digests.sha256d(ids.get(2).bytes(), ids.get(3).bytes());
    MerkleBranch shorter = new MerkleBranch(1, branch.siblings().subList(1, 4));
    assertThat(
            shorter.verify(header.merkleRoot(), inner, java.util.OptionalLong.empty()).isAccepted())
        .as("the branch alone does not know its depth")
        .isTrue();
    assertThat(
            shorter
                .verify(header.merkleRoot(), inner, java.util.OptionalLong.of(ids.size()))
                .isAccepted())
        .isFalse();
  }

  @Test
  void aWitnessIsNotPartOfTheFact() {
    Bytes signed = Vectors.hex(Vectors.json("htlc/htlc-spend-vectors.json").get(0).get("tx"));
    BitcoinTransaction transaction = BitcoinTransaction.parse(signed).orThrow();
    BitcoinTransaction first =
        RealChainTest.transactions(Vectors.file("bitcoin/blocks/mainnet-169482.dat")).getFirst();
    List<Hash32> ids = List.of(first.txId(), transaction.txId());
    BlockHeader block =
        Miner.next(
            BitcoinNetworks.BITCOIN_REGTEST.genesis(), MerkleBranch.root(ids), 1_300_000_000);
    TestClient client = TestClient.atGenesis(BitcoinNetworks.BITCOIN_REGTEST);
    client.feed(List.of(block));
    Claim stripped =
        TransactionInclusion.proof(block.id(), ids, 1, first.serialize()).claim(signed);
    ProvenFact fact = client.prove(stripped).orThrow();
    assertThat(client.prove(new Claim(stripped.path(), signed, stripped.proof())).orThrow())
        .isEqualTo(fact);
    assertThat(fact.value()).isEqualTo(transaction.serializeStripped());
  }

  @Test
  void junkIsRefusedAndNeverThrows() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    TestClient client = TestClient.atGenesis(BitcoinNetworks.BITCOIN_REGTEST);
    BlockHeader next = Miner.branch(BitcoinNetworks.BITCOIN_REGTEST.genesis(), "n", 1).getFirst();
    Bytes good = client.client.encodeUpdate(List.of(next.raw()));
    Bytes anchor =
        new AnchorBuilder(
                BitcoinNetworks.BITCOIN_REGTEST, ClientSettings.of(BitcoinNetworks.BITCOIN_REGTEST))
            .genesis()
            .encode();
    for (int i = 0; i < 20_000; i++) {
      Bytes junk = mangle(random, i % 2 == 0 ? good : anchor);
      Bytes other = mangle(random, good);
      Claim claim = new Claim(junk.slice(0, Math.min(32, junk.size())), other, junk);
      assertThatCode(
              () -> {
                client.client.verify(client.view(), junk, new Budget(100_000), 0);
                client.client.checkMisbehaviour(client.view(), junk, new Budget(100_000), 0);
                client.client.initialize(junk, new Budget(100_000));
                client.client.membership(client.view(), claim, new Budget(100_000));
                BitcoinTransaction.parse(junk);
                MerkleBlock.parse(junk);
              })
          .doesNotThrowAnyException();
    }
  }

  private static Bytes mangle(Random random, Bytes source) {
    byte[] out = source.toArray();
    for (int i = random.nextInt(4); i >= 0; i--) {
      out[random.nextInt(out.length)] = (byte) random.nextInt();
    }
    Bytes mangled = Bytes.wrap(out);
    return random.nextBoolean() ? mangled : mangled.slice(0, random.nextInt(out.length));
  }

  @Test
  void workIsChargedBeforeItIsDone() {
    TestClient client = TestClient.atGenesis(BitcoinNetworks.LITECOIN_REGTEST);
    Bytes message =
        client.client.encodeUpdate(
            List.of(BitcoinNetworks.LITECOIN_REGTEST.genesis().raw(), mainnet().get(1).raw()));
    Budget budget = new Budget(2 * Budget.SCRYPT - 1);
    Verdict<?> verdict = client.client.verify(client.view(), message, budget, 0);
    assertThat(TestClient.code(verdict)).isEqualTo("budget-exceeded");
    Claim claim = new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);
    assertThat(TestClient.code(client.client.membership(client.view(), claim, new Budget(10))))
        .isEqualTo("budget-exceeded");
  }
}
