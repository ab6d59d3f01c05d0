package dev.trestle.lightclient.bitcoin.sync;

import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_MAINNET;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_SIGNET;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.LITECOIN_TESTNET4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.Vectors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole real chains in compact memory; limits. */
class HeaderSyncTest {
  private static final Bytes MAINNET = Vectors.file("bitcoin/headers/mainnet-000000-010236.bin");

  private static Bytes from(Bytes all, int first, int end) {
    return all.slice(first * BlockHeader.SIZE, end * BlockHeader.SIZE);
  }

  @Test
  void mainnetFromGenesis() {
    HeaderSync sync = HeaderSync.fromGenesis(BITCOIN_MAINNET, 100);
    assertThat(sync.add(MAINNET, HeaderRules.NO_CLOCK)).isEqualTo(Verdict.accept(10_236));
    assertThat(sync.head().height()).isEqualTo(10_236);
    for (int height = 0; height <= 10_236; height++) {
      BlockHeader header = BlockHeader.of(from(MAINNET, height, height + 1));
      assertThat(sync.header(height)).contains(header);
      assertThat(sync.heightOf(header.id())).contains((long) height);
    }
    assertThat(sync.heightOf(Hash32.ZERO)).isEmpty();
    assertThat(sync.header(10_237)).isEmpty();
    assertThat(sync.add(MAINNET, HeaderRules.NO_CLOCK)).isEqualTo(Verdict.accept(0));
  }

  @Test
  void aHeaderTakesAtMostAHundredBytes() {
    HeaderSync sync = HeaderSync.fromGenesis(BITCOIN_MAINNET, 100);
    sync.add(MAINNET, HeaderRules.NO_CLOCK);
    assertThat(sync.bytesPerHeader()).isLessThan(100);
    System.out.printf("HeaderSyncTest: %.1f bytes a header%n", sync.bytesPerHeader());
  }

  @Test
  void oldHeadersLeaveInBlocks() {
    HeaderSync whole = HeaderSync.fromGenesis(BITCOIN_MAINNET, 100);
    HeaderSync pruned = new HeaderSync(BITCOIN_MAINNET, whole.stored(0).orElseThrow(), 100, 4_032);
    for (int at = 1; at < 10_237; at += 500) {
      Bytes batch = from(MAINNET, at, Math.min(at + 500, 10_237));
      assertThat(whole.add(batch, HeaderRules.NO_CLOCK))
          .isEqualTo(pruned.add(batch, HeaderRules.NO_CLOCK));
      assertThat(pruned.stored(pruned.head().height()))
          .isEqualTo(whole.stored(whole.head().height()));
    }
    assertThat(pruned.floor()).isEqualTo(6L * HeaderTable.BLOCK);
    assertThat(pruned.header(pruned.floor() - 1)).isEmpty();
    assertThat(pruned.header(pruned.floor())).isEqualTo(whole.header(pruned.floor()));
    assertThat(pruned.heightOf(whole.header(10).orElseThrow().id())).isEmpty();
    assertThat(pruned.head()).isEqualTo(whole.head());
    assertThat(pruned.chainWork()).isEqualTo(whole.chainWork());
  }

  @Test
  void otherNetworks() {
    for (ChainParameters network : List.of(BITCOIN_SIGNET)) {
      HeaderSync sync = HeaderSync.fromGenesis(network, 100);
      Bytes all = Vectors.file("bitcoin/headers/signet-000000-002015.bin");
      assertThat(sync.add(all, HeaderRules.NO_CLOCK)).isEqualTo(Verdict.accept(2_015));
    }
    HeaderSync litecoin = HeaderSync.fromGenesis(LITECOIN_TESTNET4, 100);
    StringBuilder hex = new StringBuilder();
    new String(
            Vectors.file("litecoin/headers/testnet4-1-300-and-forks.hex").toArray(),
            java.nio.charset.StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> !line.startsWith("fork:"))
        .forEach(hex::append);
    assertThat(litecoin.add(Bytes.fromHex(hex.toString()), HeaderRules.NO_CLOCK))
        .isEqualTo(Verdict.accept(300));
  }

  @Test
  void anotherHeaderWhereACheckpointStandsIsRefused() {
    HeaderSync sync = HeaderSync.fromGenesis(BITCOIN_MAINNET, 100);
    assertThat(sync.add(from(MAINNET, 1, 2_016), HeaderRules.NO_CLOCK).isAccepted()).isTrue();
    // As if another network with the same rules and genesis went on: no such headers exist, so the
    // check itself is asked.
    byte[] other = new byte[32];
    assertThat(sync.agreesWithCheckpoint(2_016, other)).isFalse();
    assertThat(sync.agreesWithCheckpoint(2_015, other)).isTrue();
    assertThat(sync.add(from(MAINNET, 2_016, 2_017), HeaderRules.NO_CLOCK).isAccepted()).isTrue();
  }

  @Test
  void limits() {
    HeaderSync sync = HeaderSync.fromGenesis(BITCOIN_MAINNET, 100);
    for (Bytes bad :
        List.of(
            Bytes.EMPTY,
            MAINNET.slice(0, 79),
            MAINNET.slice(0, 161),
            Bytes.wrap(new byte[(HeaderSync.MAX_BATCH + 1) * BlockHeader.SIZE]))) {
      assertThat(sync.add(bad, HeaderRules.NO_CLOCK))
          .isInstanceOfSatisfying(
              Verdict.Rejected.class,
              rejected -> assertThat(rejected.reason()).isEqualTo(RejectionCode.MALFORMED));
    }
    assertThatThrownBy(
            () -> new HeaderSync(BITCOIN_MAINNET, sync.stored(0).orElseThrow(), 100, 4_000))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
