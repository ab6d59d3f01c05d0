package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.TrestleException;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large a genesis may let blocks become. */
class BlockBytesTest {
  private static final int LARGEST = Genesis.Parameters.MAX_BLOCK_BYTES;

  @TempDir Path temp;

  private static Genesis.Parameters parameters(int maxBlockBytes) {
    return new Genesis.Parameters(maxBlockBytes, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000);
  }

  @Test
  void theLargestBlockFitsIntoAFrame() {
    long whole =
        LARGEST
            + 4L * ConsensusLimits.MAX_TRANSACTIONS
            + RelayHeader.SIZE
            + CommitCertificate.MAX_BYTES
            + (long) Evidence.SIZE * ConsensusLimits.MAX_EVIDENCE;
    assertThat(whole).isLessThanOrEqualTo(ConsensusLimits.MAX_BLOCK_BYTES);
  }

  @Test
  void whatTheGenesisAllowsConsensusTakes() {
    int largest = Genesis.Parameters.MAX_TRANSACTION_BYTES;
    assertThat(largest).isEqualTo(ConsensusLimits.MAX_TRANSACTION_BYTES);
    assertThat(Genesis.Parameters.DEFAULT.maxTransactionBytes()).isEqualTo(largest);
    assertThatThrownBy(
            () -> new Genesis.Parameters(LARGEST, largest + 1, 3, 144, 10_000, 4_000, 8_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aGenesisWithLargerBlocksIsRefused() throws IOException {
    assertThat(parameters(LARGEST).maxBlockBytes()).isEqualTo(LARGEST);
    assertThatThrownBy(() -> parameters(LARGEST + 1)).isInstanceOf(IllegalArgumentException.class);
    try (DevNet net = new DevNet(temp, 4, 0, parameters(LARGEST))) {
      String hex = net.genesis.encode().toHex();
      Path file = temp.resolve("edited.genesis");
      Files.writeString(file, hex);
      assertThat(NodeFiles.readGenesis(file)).isEqualTo(net.genesis);
      String edited = hex.replace(sizes(LARGEST), sizes(LARGEST + 1));
      assertThat(edited).isNotEqualTo(hex);
      Files.writeString(file, edited);
      assertThatThrownBy(() -> NodeFiles.readGenesis(file))
          .isInstanceOfSatisfying(
              TrestleException.class,
              refused -> assertThat(refused.code()).isEqualTo(NodeReason.BAD_CONFIG))
          .hasMessageContaining("out of range");
    }
  }

  private static String sizes(int maxBlockBytes) {
    return new CanonicalWriter().u32(maxBlockBytes).u32(500_000).toBytes().toHex();
  }
}
