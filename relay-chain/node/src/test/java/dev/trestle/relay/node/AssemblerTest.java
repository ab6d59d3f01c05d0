package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CompactBlock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AssemblerTest {
  private final List<Bytes> transactions =
      List.of(Bytes.utf8("one"), Bytes.utf8("two"), Bytes.utf8("three"));
  private final Block block = Chains.block(transactions, 2_000);
  private final CompactBlock compact = CompactBlock.of(block);
  private final Map<Hash32, Bytes> pool = new HashMap<>();
  private final Assembler assembler = new Assembler(id -> Optional.ofNullable(pool.get(id)));

  private void know(String transaction) {
    Bytes bytes = Bytes.utf8(transaction);
    pool.put(Digests.sha256(bytes), bytes);
  }

  private BlockTransactions answer(int place, String transaction) {
    return new BlockTransactions(
        block.id(), List.of(new BlockTransactions.Item(place, Bytes.utf8(transaction))));
  }

  @Test
  void takesAllFromThePool() {
    know("one");
    know("two");
    know("three");
    assertThat(assembler.take(compact)).contains(block);
    assertThat(assembler.isWanted(block.id())).isFalse();
  }

  @Test
  void whatIsMissingComesFromAPeer() {
    know("two");
    assertThat(assembler.take(compact)).isEmpty();
    assertThat(assembler.missing()).containsExactly(0, 2);
    assertThat(assembler.receive(answer(0, "one"))).isEmpty();
    // false, misplaced and repeated ones change nothing
    assertThat(assembler.receive(answer(2, "four"))).isEmpty();
    assertThat(assembler.receive(answer(1, "three"))).isEmpty();
    assertThat(assembler.receive(answer(99, "three"))).isEmpty();
    assertThat(assembler.receive(answer(0, "one"))).isEmpty();
    assertThat(assembler.missing()).containsExactly(2);
    assertThat(assembler.receive(answer(2, "three"))).contains(block);
    assertThat(assembler.receive(answer(2, "three"))).isEmpty();
  }

  @Test
  void anEmptyBlockIsWholeAtOnce() {
    Block empty = Chains.block(List.of(), 2_000);
    assertThat(assembler.take(CompactBlock.of(empty))).contains(empty);
  }

  @Test
  void aLaterProposalTakesThePlaceOfTheOneBefore() {
    know("two");
    assembler.take(compact);
    Block other = Chains.block(List.of(Bytes.utf8("x")), 2_001);
    assertThat(assembler.take(CompactBlock.of(other))).isEmpty();
    assertThat(assembler.isWanted(block.id())).isFalse();
    assertThat(assembler.receive(answer(0, "one"))).isEmpty();
    assertThat(assembler.missing()).containsExactly(0);
  }

  @Test
  void questionAndAnswerHaveTheirGoldenForm() {
    BlockTransactions.Request request = new BlockTransactions.Request(block.id(), List.of(0, 2, 7));
    BlockTransactions answer = BlockTransactions.of(block, request);
    assertThat(answer.items())
        .extracting(BlockTransactions.Item::transaction)
        .containsExactly(Bytes.utf8("one"), Bytes.utf8("three"));
    assertThat(BlockTransactions.Request.decode(request.encode())).isEqualTo(request);
    assertThat(BlockTransactions.decode(answer.encode())).isEqualTo(answer);
    BlockTransactions fixed =
        new BlockTransactions(
            Hash32.ZERO, List.of(new BlockTransactions.Item(5, Bytes.utf8("tx"))));
    assertThat(
            Bytes.concat(
                new BlockTransactions.Request(Hash32.ZERO, List.of(5, 6)).encode(), fixed.encode()))
        .isEqualTo(Golden.hex("block-transactions-v1.hex"));
  }
}
