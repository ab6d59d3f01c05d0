package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which evidence a block may hold: four validators, of which number 4 replaces number 0. */
class ChainEvidenceTest {
  /** The set changes after this block. */
  private static final long LAST_OF_FIRST_ERA = 2;

  private static final Hash32 ROOT = Digests.sha256(Bytes.utf8("no state"));

  @TempDir Path temp;

  private DevNet net;
  private RocksStore store;
  private Sets machine;
  private ChainExecutor chain;

  /** Changes the set once, and convicts whom a block has evidence against, if it is told to. */
  private static final class Sets implements StateMachine {
    private final KeyValueStore store;
    private final List<Genesis.Validator> before;
    private final List<Genesis.Validator> after;
    private final Set<EvmAddress> convicted = new TreeSet<>();
    private long height;

    private Sets(
        KeyValueStore store, List<Genesis.Validator> before, List<Genesis.Validator> after) {
      this.store = store;
      this.before = before;
      this.after = after;
    }

    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      throw new IllegalStateException("there are no transactions");
    }

    @Override
    public long nextNonce(PublicKey sender) {
      return 0;
    }

    @Override
    public Hash32 stateRoot() {
      return ROOT;
    }

    @Override
    public boolean isConvicted(EvmAddress validator) {
      return convicted.contains(validator);
    }

    @Override
    public ValidatorSets validators() {
      boolean first = height == LAST_OF_FIRST_ERA;
      return new ValidatorSets(
          height < LAST_OF_FIRST_ERA ? before : after,
          first ? Optional.of(before) : Optional.empty(),
          Optional.empty());
    }

    @Override
    public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
      TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
      writes.put(Bytes.utf8("mark"), Optional.of(Bytes.utf8("block " + context.height())));
      return Verdict.accept(
          new BlockResult(
              context,
              ROOT,
              ROOT,
              List.of(),
              MerkleTree.ofHashes(List.of()).root(),
              List.of(),
              List.of(),
              context.height() == LAST_OF_FIRST_ERA ? Optional.of(after) : Optional.empty(),
              new Batch(writes)));
    }

    @Override
    public void commit(BlockResult result) {
      store.apply(result.writes());
      height = result.context().height();
    }
  }

  @BeforeEach
  void open() throws IOException {
    net = new DevNet(temp, 4, 1, Genesis.Parameters.DEFAULT);
    store = RocksStore.open(temp.resolve("chain"), net.genesis.chainId());
    machine = new Sets(store.state(), net.members(0, 1, 2, 3), net.members(1, 2, 3, 4));
    chain = new ChainExecutor(net.genesis, machine, store, () -> 0);
  }

  @AfterEach
  void close() {
    store.close();
    net.close();
  }

  private Block build(Evidence... evidence) {
    SecretKey builder = net.validatorKey(1);
    return chain
        .build(
            chain.head().timeMs() + 1,
            builder.publicKey().evmAddress(),
            List.of(),
            List.of(evidence))
        .orElseThrow();
  }

  /** Who certified it was checked before. */
  private void commit(Block block) {
    EcdsaSignature signature = new EcdsaSignature(Bytes.wrap(new byte[EcdsaSignature.SIZE]));
    chain.commit(
        block,
        new CommitCertificate(
            block.height(), 0, block.id(), new SignatureList(4, List.of(0), List.of(signature))));
  }

  private void grow(long height) {
    while (chain.head().height() < height) {
      commit(build());
    }
  }

  private Evidence against(int validator, long height) {
    return EvidencePoolTest.doubleCommit(
        net.validatorKey(validator), height, net.genesis.chainId());
  }

  /** What somebody else's block with this evidence is to this node. */
  private Verdict<Hash32> executed(Evidence... evidence) {
    Block block = build(evidence);
    return new ChainExecutor(net.genesis, machine, store, () -> 0).execute(block);
  }

  private void assertWelcome(int validator, long height, boolean welcome) {
    Evidence evidence = against(validator, height);
    assertThat(chain.isNewEvidence(evidence)).isEqualTo(welcome);
    assertThat(executed(evidence).isAccepted()).isEqualTo(welcome);
  }

  @Test
  void onlyMembersOfTheSetOfThatHeightCanBeGuilty() {
    assertWelcome(0, 1, true);
    assertWelcome(4, 1, false);
    assertWelcome(1, 2, false); // ahead of the next block
    grow(LAST_OF_FIRST_ERA + 1);
    // validator 0 has left, and is still guilty of what it did before
    assertWelcome(0, LAST_OF_FIRST_ERA, true);
    assertWelcome(0, LAST_OF_FIRST_ERA + 1, false);
    assertWelcome(4, LAST_OF_FIRST_ERA, false);
    assertWelcome(4, LAST_OF_FIRST_ERA + 1, true);
    assertWelcome(1, 1, true);
    assertWelcome(1, chain.head().height() + 1, true);
  }

  @Test
  void afterARestartTheSetsOfOldHeightsAreKnown() {
    grow(LAST_OF_FIRST_ERA + 1);
    chain = new ChainExecutor(net.genesis, machine, store, () -> 0);
    assertWelcome(0, 1, true);
    assertWelcome(4, 1, false);
  }

  @Test
  void whatABlockHoldsIsOld() {
    grow(1);
    Evidence evidence = against(0, 1);
    commit(build(evidence));
    assertWelcome(0, 1, false);
    assertWelcome(0, 2, true); // this machine convicts nobody
    machine.convicted.add(evidence.offender());
    assertWelcome(0, 2, false);
    assertWelcome(1, 2, true);
  }

  @Test
  void oneBlockHoldsOnePieceAgainstOneOffender() {
    grow(2);
    assertThat(executed(against(1, 1), against(1, 2)).isAccepted()).isFalse();
    assertThat(executed(against(1, 1), against(2, 1)).isAccepted()).isTrue();
  }

  @Test
  void unsignedEvidenceIsRefused() {
    Evidence foreign = EvidencePoolTest.doubleCommit(net.validatorKey(1), 1, Chains.CHAIN);
    assertThat(executed(foreign).isAccepted()).isFalse();
  }
}
