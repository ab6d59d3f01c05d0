package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.node.Tables.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that keeps five blocks beside one that keeps all. */
class RetentionTest {
  @TempDir Path temp;

  private static SnapshotManifest snapshot(TestChain of, Path file) {
    try (SnapshotFile open = SnapshotFile.open(of.snapshot(file))) {
      return open.manifest();
    }
  }

  @Test
  void oldBlocksGoAndWhatProvesTheChainStays() throws IOException {
    try (DevNet net = new DevNet(temp, 4, 3, TestChain.PARAMETERS);
        TestChain all = new TestChain(net, temp.resolve("all"));
        TestChain few = new TestChain(net, temp.resolve("few"))) {
      Block first = all.block(0, all.filler());
      all.change(0, 1, 2, 3, 4, 5, 6);
      all.block(1, all.filler());
      all.change(1, 2, 3, 4);
      all.grow(4);
      long head = all.store.head();
      few.store.keep(height -> height < 12 ? 1 : height - 4);
      for (long height = 1; height <= head; height++) {
        ChainExecutor.Committed _ =
            few.chain.commit(
                all.store.block(height).orElseThrow(), all.store.certificate(height).orElseThrow());
      }
      assertThat(few.store.lowest()).isEqualTo(head - 4);
      assertThat(few.store.head()).isEqualTo(head);
      long change = all.store.eras().getFirst().since() - 1;
      for (long height = 1; height < head - 4; height++) {
        assertThat(few.store.block(height)).as("block %d", height).isEmpty();
        assertThat(few.store.raw(height)).isEmpty();
        boolean last = isLastOfAnEra(all, height);
        assertThat(few.store.certificate(height).isPresent()).isEqualTo(last);
        assertThat(few.store.header(height).isPresent()).isEqualTo(last);
      }
      assertThat(few.store.header(change)).isEqualTo(all.store.block(change).map(Block::header));
      for (long height = head - 4; height <= head; height++) {
        assertThat(few.store.block(height)).isEqualTo(all.store.block(height));
      }
      Hash32 transaction = Digests.sha256(first.transactions().getFirst());
      assertThat(all.store.transaction(transaction)).isPresent();
      assertThat(few.store.transaction(transaction)).isEmpty();
      assertThat(few.store.heightOf(first.id())).isEmpty();
      assertThat(snapshot(few, temp.resolve("few.snapshot")))
          .isEqualTo(snapshot(all, temp.resolve("all.snapshot")));
      few.reopen();
      assertThat(few.chain.head()).isEqualTo(all.chain.head());
    }
  }

  /** Two missed their turns under the old set; the new one came within the period. */
  @Test
  void theRotationIsFoundAgainAcrossAChangeOfTheSet() throws IOException {
    try (DevNet net = new DevNet(temp, 4, 3, TestChain.PARAMETERS);
        TestChain chain = new TestChain(net, temp.resolve("chain"))) {
      chain.grow(1);
      chain.block(2);
      chain.change(1, 2, 3, 4);
      ValidatorSet now = chain.chain.validators();
      Rotation ofOneSet = Rotation.startingAt(1, now);
      for (long height = 1; height <= chain.store.head(); height++) {
        ofOneSet = ofOneSet.next(chain.store.block(height).orElseThrow(), now);
      }
      assertThat(chain.chain.head().rotation()).isNotEqualTo(ofOneSet);
      forgetRotation(chain);
      chain.store.keep(height -> height - 2);
      chain.grow(1);
      assertThat(chain.store.block(1)).isEmpty();
      forgetRotation(chain);
    }
  }

  private static void forgetRotation(TestChain chain) {
    ChainHead head = chain.chain.head();
    assertThat(head.rotation().leftOutUntil()).isNotEmpty();
    chain.store.write(to -> to.delete(Table.META, StoreKeys.ROTATION));
    chain.reopen();
    assertThat(chain.chain.head()).isEqualTo(head);
  }

  /** What is removed from a store gives its room on the disk back, logs of the store included. */
  @Test
  void theDiskShrinksWithTheBlocks() throws IOException {
    Genesis.Parameters parameters =
        new Genesis.Parameters(
            4_000_000, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000, TestChain.EPOCH, 0);
    int blocks = 12;
    try (DevNet net = new DevNet(temp, 4, 0, parameters);
        TestChain all = new TestChain(net, temp.resolve("all"));
        TestChain few = new TestChain(net, temp.resolve("few"))) {
      few.store.keep(height -> height - 1);
      long written = 0;
      for (int height = 1; height <= blocks; height++) {
        Block block = all.block(0, large(net, height - 1));
        written += block.encode().size();
        ChainExecutor.Committed _ =
            few.chain.commit(block, all.store.certificate(height).orElseThrow());
      }
      assertThat(few.store.lowest()).isEqualTo(blocks - 1);
      all.reopen();
      few.reopen();
      assertThat(bytes(temp.resolve("all"))).as("the control").isGreaterThan(written);
      assertThat(bytes(temp.resolve("few"))).isLessThan(written / 2);
    }
  }

  private static Transaction large(DevNet net, long nonce) {
    return Transaction.sign(
        net.genesis.chainId(),
        DevNet.key("large", 0),
        nonce,
        new TransactionBody.UpdateClient(ChainId.parse("eip155:1"), randomBytes(nonce, 480_000)));
  }

  /** Not to be compressed. */
  private static Bytes randomBytes(long seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    }
  }

  private static boolean isLastOfAnEra(TestChain chain, long height) {
    return chain.store.eras().stream().map(ValidatorsRecord::since).anyMatch(s -> s == height + 1);
  }

  @Test
  void nothingAboveTheNewestSnapshotGoes() {
    NodeConfig.Keep keep = new NodeConfig.Keep(100, 1_000, 10_000);
    assertThat(keep.from(5_000, 4_000)).isEqualTo(4_001);
    assertThat(keep.from(5_000, 4_950)).isEqualTo(4_901);
    assertThat(keep.from(5_000, 0)).isEqualTo(1);
    assertThat(keep.from(50, 0)).isEqualTo(1);
    assertThat(NodeConfig.Keep.DEFAULT.from(5_000, 5_000)).isEqualTo(1);
  }
}
