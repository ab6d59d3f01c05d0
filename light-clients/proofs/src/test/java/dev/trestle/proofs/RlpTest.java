package dev.trestle.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RlpTest {
  @Test
  void upstreamVectorsEncodeAndDecode() {
    JsonNode vectors = VectorFile.read("rlp/rlptest.json");
    assertThat(vectors.size()).isGreaterThan(20);
    vectors.forEachEntry(
        (name, vector) -> {
          RlpItem item = item(vector.get("in"));
          Bytes encoded = VectorFile.hex(vector.get("out"));
          assertThat(Rlp.encode(item)).as(name).isEqualTo(encoded);
          assertThat(Rlp.decode(encoded)).as(name).isEqualTo(item);
        });
  }

  @Test
  void upstreamInvalidVectorsAreRefused() {
    JsonNode vectors = VectorFile.read("rlp/invalidRLPTest.json");
    assertThat(vectors.size()).isGreaterThan(10);
    vectors.forEachEntry(
        (name, vector) -> {
          Bytes encoded = VectorFile.hex(vector.get("out"));
          assertThatThrownBy(() -> Rlp.decode(encoded))
              .as(name)
              .isInstanceOf(DecodeException.class);
        });
  }

  @Test
  void whateverDecodesEncodesToTheSameBytes() {
    long seed = 0x524c50L;
    System.out.println("RlpTest seed " + seed);
    Random random = new Random(seed);
    int decoded = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] raw = new byte[1 + random.nextInt(12)];
      random.nextBytes(raw);
      if (random.nextBoolean()) {
        raw[0] = (byte) (0xc0 + raw.length - 1); // a list of the right length, more often
      }
      Bytes input = Bytes.wrap(raw);
      RlpItem item;
      try {
        item = Rlp.decode(input);
      } catch (DecodeException e) {
        continue;
      }
      decoded++;
      assertThat(Rlp.encode(item)).isEqualTo(input);
    }
    assertThat(decoded).isGreaterThan(1_000);
  }

  @Test
  void nestingIsBounded() {
    assertThat(Rlp.decode(nested(Rlp.MAX_DEPTH))).isNotNull();
    assertThatThrownBy(() -> Rlp.decode(nested(Rlp.MAX_DEPTH + 1)))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> Rlp.decode(nested(50_000))).isInstanceOf(DecodeException.class);
  }

  @Test
  void integersHaveOneForm() {
    assertThat(RlpItem.of(0).integer()).isZero();
    assertThat(RlpItem.of(Long.MAX_VALUE).integer64()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> RlpItem.of(Bytes.fromHex("00")).integer())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> RlpItem.of(Bytes.fromHex("0001")).integer())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> RlpItem.of(BigInteger.ONE.shiftLeft(63)).integer64())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> RlpItem.of(BigInteger.ONE.shiftLeft(256)).integer())
        .isInstanceOf(DecodeException.class);
  }

  /** Empty lists in lists, built from the inside out with explicit prefixes. */
  private static Bytes nested(int depth) {
    java.util.ArrayDeque<Integer> prefixes = new java.util.ArrayDeque<>();
    int size = 0;
    for (int i = 0; i < depth; i++) {
      int lengthBytes = size <= 55 ? 0 : (32 - Integer.numberOfLeadingZeros(size) + 7) / 8;
      for (int j = 0; j < lengthBytes; j++) {
        prefixes.addFirst((size >>> (8 * j)) & 0xff);
      }
      prefixes.addFirst(lengthBytes == 0 ? 0xc0 + size : 0xf7 + lengthBytes);
      size = prefixes.size();
    }
    byte[] out = new byte[size];
    int at = 0;
    for (int each : prefixes) {
      out[at++] = (byte) each;
    }
    return Bytes.wrap(out);
  }

  private static RlpItem item(JsonNode in) {
    if (in.isArray()) {
      return RlpItem.of(in.valueStream().map(RlpTest::item).toList());
    }
    if (in.isNumber()) {
      return RlpItem.of(in.bigIntegerValue());
    }
    String text = in.asString();
    return text.startsWith("#")
        ? RlpItem.of(new BigInteger(text.substring(1)))
        : RlpItem.of(Bytes.utf8(text));
  }
}
