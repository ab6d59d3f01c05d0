package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.RawHeader;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Headers of mainnet from London to Prague (vectors of light-clients/proofs). */
class HeaderRlpTest {
  private static final java.nio.file.Path VECTORS =
      Tools.MODULE.resolve(
          "../../light-clients/ethereum/src/test/resources/vectors/ethereum-el/headers.json");

  private static List<JsonNode> vectors() {
    return Json.list(JsonMapper.shared().readTree(VECTORS.toFile()));
  }

  /** The block as a node would return it; the vectors hold integers as RLP does, zero as 0x. */
  private static ObjectNode block(JsonNode vector) {
    ObjectNode block = (ObjectNode) vector.get("fields").deepCopy();
    for (String integer : List.of("difficulty", "blobGasUsed", "excessBlobGas")) {
      if (block.has(integer) && block.get(integer).stringValue().equals("0x")) {
        block.put(integer, "0x0");
      }
    }
    block.set("hash", vector.get("hash"));
    return block;
  }

  @Test
  void rebuildsTheHeadersOfEveryFork() {
    assertThat(vectors()).hasSize(12);
    for (JsonNode vector : vectors()) {
      RawHeader header = HeaderRlp.rebuild(block(vector));
      assertThat(header.raw()).isEqualTo(Json.bytes(vector, "rlp"));
      assertThat(header.ref().id()).isEqualTo(Json.hash(vector, "hash"));
    }
  }

  @Test
  void refusesAHeaderWithAnyFieldChangedMissingOrAdded() {
    for (JsonNode vector : vectors()) {
      for (String field : List.copyOf(block(vector).propertyNames())) {
        ObjectNode without = block(vector);
        without.remove(field);
        assertRefused(without);
        ObjectNode changed = block(vector);
        String text = changed.get(field).stringValue();
        char last = text.charAt(text.length() - 1);
        changed.put(field, text.substring(0, text.length() - 1) + (last == '1' ? '2' : '1'));
        assertRefused(changed);
        ObjectNode wrongForm = block(vector);
        wrongForm.put(field, 7);
        assertRefused(wrongForm);
      }
    }
  }

  @Test
  void refusesLaterFieldsWithoutEarlierOnes() {
    ObjectNode block = block(vectors().getFirst());
    block.put("requestsHash", "0x" + "00".repeat(32));
    assertRefused(block);
  }

  private static void assertRefused(ObjectNode block) {
    assertThatThrownBy(() -> HeaderRlp.rebuild(block))
        .isInstanceOfAny(
            AdapterException.class,
            dev.trestle.base.DecodeException.class,
            IllegalArgumentException.class);
  }
}
