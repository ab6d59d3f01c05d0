package dev.trestle.proofs.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.VectorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EvmVectorsTest {
  @Test
  void headersOfEveryForkDecode() {
    JsonNode headers = VectorFile.read("headers.json");
    assertThat(headers.size()).isEqualTo(12);
    for (JsonNode vector : headers) {
      EvmHeader header = EvmHeader.decode(VectorFile.hex(vector.get("rlp")));
      JsonNode fields = vector.get("fields");
      assertThat(header.hash().bytes()).isEqualTo(VectorFile.hex(vector.get("hash")));
      assertThat(header.number()).isEqualTo(vector.get("number").asLong());
      assertThat(header.parentHash().bytes()).isEqualTo(VectorFile.hex(fields.get("parentHash")));
      assertThat(header.stateRoot().bytes()).isEqualTo(VectorFile.hex(fields.get("stateRoot")));
      assertThat(header.receiptsRoot().bytes())
          .isEqualTo(VectorFile.hex(fields.get("receiptsRoot")));
      assertThat(header.timestamp()).isEqualTo(Long.decode(fields.get("timestamp").asString()));
    }
  }

  @Test
  void headersOfAnotherFormAreRefused() {
    Bytes rlp = VectorFile.hex(VectorFile.read("headers.json").get(0).get("rlp"));
    List<RlpItem> fields = Rlp.decode(rlp).items();
    for (int i = 0; i < 15; i++) {
      List<RlpItem> changed = new ArrayList<>(fields);
      changed.set(i, RlpItem.of());
      assertRefused(changed);
    }
    for (int i : new int[] {0, 1, 2, 3, 4, 5, 6, 13, 14}) {
      List<RlpItem> changed = new ArrayList<>(fields);
      changed.set(i, RlpItem.of(Bytes.concat(fields.get(i).text(), Bytes.fromHex("00"))));
      assertRefused(changed);
    }
    assertRefused(fields.subList(0, 14));
    assertRefused(java.util.Collections.nCopies(33, RlpItem.of(1)));
    assertThatThrownBy(() -> EvmHeader.decode(Bytes.concat(rlp, Bytes.fromHex("00"))))
        .isInstanceOf(DecodeException.class);
    List<RlpItem> huge = new ArrayList<>(fields);
    huge.set(12, RlpItem.of(Bytes.wrap(new byte[EvmHeader.MAX_SIZE])));
    assertRefused(huge);
  }

  @ParameterizedTest
  @ValueSource(strings = {"14764013", "17034869"})
  void receiptsOfABlockRoundTripAndGiveTheRootOfTheHeader(String block) {
    JsonNode vector = VectorFile.read("receipts/" + block + ".json");
    List<Bytes> encoded = VectorFile.list(vector.get("receipts"));
    List<EvmReceipt> receipts = encoded.stream().map(EvmReceipt::decode).toList();
    assertThat(receipts.stream().map(EvmReceipt::encode).toList()).isEqualTo(encoded);
    MerklePatriciaTrie trie = ReceiptProof.trie(receipts);
    EvmHeader header = EvmHeader.decode(VectorFile.hex(vector.get("header")));
    assertThat(trie.root()).isEqualTo(header.receiptsRoot());
    for (int i = 0; i < receipts.size(); i++) {
      assertThat(ReceiptProof.receipt(trie.root(), i, trie.prove(ReceiptProof.key(i))))
          .isEqualTo(Verdict.accept(receipts.get(i)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"14764013", "15547621", "22431083"})
  void receiptProofsAreJudgedAsExpected(String block) {
    JsonNode cases = VectorFile.read("receipt-proofs/" + block + ".json").get("cases");
    assertThat(cases.size()).isGreaterThan(10);
    for (JsonNode vector : cases) {
      Hash32 root = new Hash32(VectorFile.hex(vector.get("receipts_root")));
      long index = vector.get("tx_index").asLong();
      List<Bytes> proof = VectorFile.list(vector.get("proof"));
      Optional<Bytes> expected =
          vector.get("receipt").isNull()
              ? Optional.empty()
              : Optional.of(VectorFile.hex(vector.get("receipt")));
      assertThat(ReceiptProof.key(index)).isEqualTo(VectorFile.hex(vector.get("key")));
      boolean proved =
          MptProof.lookup(root, ReceiptProof.key(index), proof).equals(Verdict.accept(expected));
      assertThat(proved).as("%s", vector).isEqualTo(vector.get("valid").asBoolean());
      if (proved && expected.isPresent()) {
        assertThat(ReceiptProof.receipt(root, index, proof))
            .isEqualTo(Verdict.accept(EvmReceipt.decode(expected.get())));
      }
    }
  }

  @Test
  void receiptsOfAnotherFormAreRefused() {
    Bytes legacy =
        new EvmReceipt(0, true, java.math.BigInteger.TEN, Bytes.wrap(new byte[256]), List.of())
            .encode();
    List<RlpItem> fields = new ArrayList<>(Rlp.decode(legacy).items());
    fields.set(0, RlpItem.of(Hash32.ZERO.bytes())); // before EIP-658
    assertReceiptRefused(Rlp.encode(RlpItem.of(fields)));
    fields.set(0, RlpItem.of(2));
    assertReceiptRefused(Rlp.encode(RlpItem.of(fields)));
    assertReceiptRefused(Bytes.EMPTY);
    assertReceiptRefused(Bytes.concat(Bytes.fromHex("00"), legacy));
    assertReceiptRefused(Bytes.concat(Bytes.fromHex("05"), legacy));
    assertReceiptRefused(Bytes.concat(legacy, Bytes.fromHex("00")));
    assertThat(EvmReceipt.decode(Bytes.concat(Bytes.fromHex("04"), legacy)).type()).isEqualTo(4);
  }

  @Test
  void logsHaveOneCanonicalForm() {
    EvmLog log =
        new EvmLog(
            Bytes.fromHex("00112233445566778899aabbccddeeff00112233"),
            List.of(Hash32.ZERO),
            Bytes.fromHex("0102"));
    assertThat(log.encode().toHex())
        .isEqualTo("00112233445566778899aabbccddeeff0011223301" + "00".repeat(32) + "000000020102");
    assertThat(EvmLog.decode(log.encode())).isEqualTo(log);
    assertThatThrownBy(() -> EvmLog.decode(Bytes.concat(log.encode(), Bytes.fromHex("00"))))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(
            () -> EvmLog.decode(Bytes.fromHex("00".repeat(20) + "05" + "00".repeat(164))))
        .isInstanceOf(DecodeException.class);
  }

  private static void assertRefused(List<RlpItem> fields) {
    assertThatThrownBy(() -> EvmHeader.decode(Rlp.encode(RlpItem.of(fields))))
        .isInstanceOf(DecodeException.class);
  }

  private static void assertReceiptRefused(Bytes encoded) {
    assertThatThrownBy(() -> EvmReceipt.decode(encoded)).isInstanceOf(DecodeException.class);
  }
}
