package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A real Litecoin block with a HogEx. */
class WireTransactionsTest {
  private static final int HEADER = 80;
  private static final Bytes HOGEX_START = Bytes.fromHex("02000000" + "0008");

  private final Bytes block;
  private final BitcoinTransaction coinbase;
  private final Bytes hogEx;
  private final Hash32 hogExId;

  WireTransactionsTest() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            WireTransactionsTest.class.getResourceAsStream(
                "/vectors/litecoin-regtest-mweb-block-437.hex"))) {
      block = Bytes.fromHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).trim());
    }
    WireReader reader = new WireReader(block.slice(HEADER, block.size()));
    assertThat(reader.compactSize(10)).isEqualTo(2);
    int before = reader.remaining();
    coinbase = BitcoinTransaction.read(reader);
    int start = HEADER + 1 + before - reader.remaining();
    // version, marker and flag, one input, one output with a witness program of version 8
    int size = 4 + 2 + 1 + 41 + 1 + 8 + 1 + 34 + 1 + 4;
    hogEx = block.slice(start, start + size);
    assertThat(hogEx.slice(0, 6)).isEqualTo(HOGEX_START);
    hogExId =
        Digests.sha256d(hogEx.slice(0, 4), hogEx.slice(6, size - 5), hogEx.slice(size - 4, size));
  }

  @Test
  void aHogExIsReadWithoutItsConfidentialPart() {
    BitcoinTransaction parsed = WireTransactions.read(hogEx, hogExId).orElseThrow();
    assertThat(parsed.txId()).isEqualTo(hogExId);
    assertThat(parsed.outputs()).hasSize(1);
    assertThat(parsed.outputs().getFirst().script().slice(0, 2)).isEqualTo(Bytes.fromHex("5820"));
    // the block's root says that this is its id
    assertThat(MerkleBranch.root(List.of(coinbase.txId(), hogExId)))
        .isEqualTo(BlockHeader.of(block.slice(0, HEADER)).merkleRoot());
  }

  @Test
  void whatCannotBeReadIsSkippedOnlyWithTheConfidentialFlag() {
    assertThat(WireTransactions.read(hogEx, coinbase.txId())).isEqualTo(Optional.empty());
    Bytes garbage = Bytes.concat(HOGEX_START, Bytes.wrap(new byte[64]));
    assertThat(WireTransactions.read(garbage, hogExId)).isEqualTo(Optional.empty());
    assertThat(WireTransactions.read(coinbase.serialize(), coinbase.txId())).contains(coinbase);
    assertThatThrownBy(() -> WireTransactions.read(coinbase.serialize(), hogExId))
        .isInstanceOf(AdapterException.class);
    assertThatThrownBy(() -> WireTransactions.read(Bytes.EMPTY, hogExId))
        .isInstanceOf(AdapterException.class);
    assertThatThrownBy(
            () -> WireTransactions.read(coinbase.serialize().slice(0, 20), coinbase.txId()))
        .isInstanceOf(AdapterException.class);
  }
}
