package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReorganisationTest {
  private static final ChainParameters REGTEST = BitcoinNetworks.BITCOIN_REGTEST;
  private static final int MAX_DEPTH = 12;

  private final ClientSettings settings =
      new ClientSettings(REGTEST.id(), MAX_DEPTH, 40, BigInteger.ZERO);
  private final TestClient client = TestClient.atGenesis(REGTEST, settings);
  private final List<BlockHeader> main = Miner.branch(REGTEST.genesis(), "main", 30);

  private Verdict<ClientDelta> misbehaviour(List<BlockHeader> headers) {
    Bytes message = client.client.encodeUpdate(headers.stream().map(BlockHeader::raw).toList());
    return client.client.checkMisbehaviour(
        client.view(), message, new Budget(TestClient.BUDGET), TestClient.FAR_FUTURE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aHeavierBranchWinsAtEveryAllowedDepthInOneUpdateOrInMany(int depth) {
    client.feed(main);
    var before = new TreeMap<>(client.state);
    List<BlockHeader> branch = Miner.branch(main.get(29 - depth), "branch", depth + 1);
    assertThat(client.feed(branch)).isEqualTo("accepted");
    assertThat(client.tip()).isEqualTo(branch.getLast().id());
    assertThat(client.height()).isEqualTo(31);
    var atOnce = new TreeMap<>(client.state);
    client.state = before;
    for (BlockHeader header : branch) {
      assertThat(client.tip()).isNotEqualTo(branch.getLast().id());
      assertThat(client.feed(List.of(header))).isEqualTo("accepted");
    }
    assertThat(client.state).as("how headers arrive in messages does not matter").isEqualTo(atOnce);
    List<BlockHeader> back = Miner.branch(main.getLast(), "back", 2);
    if (depth == MAX_DEPTH) { // the new tip is one block further from the fork
      assertThat(client.feed(back)).isEqualTo("reorg-too-deep");
      return;
    }
    assertThat(client.feed(back)).isEqualTo("accepted");
    assertThat(client.height()).isEqualTo(32);
    for (int height = 0; height < 30; height++) {
      assertThat(new HeaderStore(client.view()).best(height + 1)).contains(main.get(height).id());
    }
    assertThat(misbehaviour(Miner.branch(main.get(29 - depth), "branch", depth + 1)).isAccepted())
        .isFalse();
  }

  @Test
  void aDeeperBranchIsRefusedAndFreezesAsMisbehaviourIfItIsHeavier() {
    client.feed(main);
    var before = new TreeMap<>(client.state);
    List<BlockHeader> deep = Miner.branch(main.get(29 - 13), "deep", 14);
    assertThat(client.feed(deep)).isEqualTo("reorg-too-deep");
    assertThat(client.state).isEqualTo(before);
    assertThat(TestClient.code(misbehaviour(deep.subList(0, 13)))).isEqualTo("not-misbehaviour");
    assertThat(TestClient.code(misbehaviour(main))).isEqualTo("not-misbehaviour");
    client.write(misbehaviour(deep).orThrow());
    assertThat(client.client.status(client.view(), 0)).isEqualTo(ClientStatus.FROZEN);
    assertThat(client.feed(Miner.branch(main.getLast(), "more", 1))).isEqualTo("client-frozen");
    assertThat(TestClient.code(client.prove(new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY))))
        .isEqualTo("client-frozen");
  }

  @Test
  void aSideBranchCannotBeContinuedOnceItIsTooDeep() {
    client.feed(main.subList(0, 20));
    List<BlockHeader> side = Miner.branch(main.get(14), "side", 3);
    assertThat(client.feed(side.subList(0, 2))).isEqualTo("accepted");
    client.feed(main.subList(20, 28));
    assertThat(client.feed(side.subList(2, 3))).isEqualTo("reorg-too-deep");
  }

  @Test
  void recoveryTakesTheChainOfAHealthySubstitute() {
    client.feed(main);
    client.feed(Miner.branch(main.get(27), "side", 2));
    List<BlockHeader> deep = Miner.branch(main.get(29 - 13), "deep", 14);
    client.write(misbehaviour(deep).orThrow());
    TestClient other = TestClient.atGenesis(REGTEST, settings);
    other.feed(main.subList(0, 17));
    other.feed(deep);
    TestClient frozen = TestClient.atGenesis(REGTEST, settings);
    frozen.write(new ClientDelta(client.asWrites()));
    assertThat(TestClient.code(client.recover(frozen))).isEqualTo("client-frozen");
    client.write(client.recover(other).orThrow());
    assertThat(client.state).isEqualTo(other.state);
    assertThat(TestClient.code(client.recover(other))).isEqualTo("client-active");
    TestClient lax =
        TestClient.atGenesis(REGTEST, new ClientSettings(REGTEST.id(), 20, 40, BigInteger.ZERO));
    assertThat(TestClient.code(frozen.recover(lax))).isEqualTo("value-mismatch");
  }

  @Test
  void headersBelowTheRetentionAreGoneAndTheStateStaysBounded() {
    List<BlockHeader> chain = new ArrayList<>(main);
    chain.addAll(Miner.branch(main.getLast(), "long", 100));
    int largest = 0;
    for (int i = 0; i < chain.size(); i++) {
      client.feed(List.of(chain.get(i)));
      if (i % 3 == 0) {
        client.feed(Miner.branch(chain.get(Math.max(0, i - 2)), "stale" + i, 1));
      }
      largest = Math.max(largest, client.state.size());
    }
    assertThat(largest).isLessThan(2 + 2 * 41 + 2 * 41);
    assertThat(TestClient.code(client.client.timestampAt(client.view(), 89)))
        .isEqualTo("unknown-height");
    assertThat(client.client.timestampAt(client.view(), 90).isAccepted()).isTrue();
  }

  @Test
  void aTransactionCountsFromTheBestTipAndLeavesWithItsBlock() {
    client.feed(main.subList(0, 10));
    TxInput nothing =
        new TxInput(
            new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX), Bytes.fromHex("5b51"), 0, List.of());
    TxInput input = TxInput.unsigned(new OutPoint(Digests.sha256(Bytes.EMPTY), 0), 0);
    List<TxOutput> outputs = List.of(new TxOutput(1, CustodyFixture.P2WPKH));
    BitcoinTransaction coinbase = new BitcoinTransaction(1, List.of(nothing), outputs, 0);
    BitcoinTransaction paying = new BitcoinTransaction(2, List.of(input), outputs, 0);
    List<Hash32> ids = List.of(coinbase.txId(), paying.txId());
    BlockHeader block = Miner.next(main.get(9), MerkleBranch.root(ids), main.get(9).time() + 600);
    client.feed(List.of(block));
    Claim claim =
        TransactionInclusion.proof(block.id(), ids, 1, coinbase.serialize())
            .claim(paying.serialize());
    assertThat(client.prove(claim).orThrow().confirmations()).isEqualTo(1);
    client.feed(Miner.branch(block, "on top", 5));
    assertThat(client.prove(claim).orThrow().confirmations()).isEqualTo(6);
    client.feed(main.subList(10, 30));
    assertThat(TestClient.code(client.prove(claim))).isEqualTo("not-in-best-chain");
  }

  @Test
  void anUpdateFitsOnlyTheStateItWasVerifiedAgainst() {
    Verdict<VerifiedUpdate> first = client.verify(main.subList(0, 5), TestClient.FAR_FUTURE);
    client.feed(main.subList(0, 3));
    assertThatThrownBy(() -> client.client.apply(client.view(), first.orThrow()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void belowTheMinimumWorkNothingIsProved() {
    ClientSettings cautious =
        new ClientSettings(REGTEST.id(), MAX_DEPTH, 40, BigInteger.valueOf(20));
    TestClient catchingUp = TestClient.atGenesis(REGTEST, cautious);
    Claim claim = new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);
    assertThat(TestClient.code(catchingUp.prove(claim))).isEqualTo("below-minimum-work");
    catchingUp.feed(main);
    assertThat(TestClient.code(catchingUp.prove(claim))).isEqualTo("malformed");
  }
}
