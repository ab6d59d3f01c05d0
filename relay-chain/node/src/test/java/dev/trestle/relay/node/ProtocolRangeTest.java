package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProtocolRangeTest {
  private static int common(int a, int b, int c, int d) {
    int one = new ProtocolRange(a, b).common(new ProtocolRange(c, d));
    assertThat(new ProtocolRange(c, d).common(new ProtocolRange(a, b))).isEqualTo(one);
    return one;
  }

  @Test
  void theNewestThatBothSpeak() {
    assertThat(common(1, 1, 1, 1)).isEqualTo(1);
    assertThat(common(1, 1, 1, 2)).isEqualTo(1);
    assertThat(common(1, 3, 2, 5)).isEqualTo(3);
    assertThat(common(1, 2, 3, 4)).isZero();
    assertThat(common(2, 2, 1, 1)).isZero();
    assertThatThrownBy(() -> new ProtocolRange(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ProtocolRange(2, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void batchesFitFramesAndLoseNothing() {
    List<Bytes> all =
        IntStream.range(0, 10_000)
            .mapToObj(i -> Bytes.wrap(new byte[i % 7 == 0 ? 2_000 : 40]))
            .toList();
    List<TransactionBatch> batches = TransactionBatch.split(all);
    assertThat(batches.stream().flatMap(batch -> batch.transactions().stream()).toList())
        .isEqualTo(all);
    assertThat(batches)
        .allSatisfy(
            batch ->
                assertThat(new Frame(FrameType.TRANSACTIONS, batch.encode()).wireSize())
                    .isLessThan(TransactionBatch.SOFT_LIMIT_BYTES + (64 << 10)));
    Bytes largest = Bytes.wrap(new byte[FrameType.TRANSACTION.maxBytes()]);
    assertThat(TransactionBatch.split(List.of(largest, largest)))
        .allSatisfy(
            batch -> assertThat(new Frame(FrameType.TRANSACTIONS, batch.encode())).isNotNull())
        .hasSize(2);
    assertThat(TransactionBatch.split(List.of())).isEmpty();
  }
}
