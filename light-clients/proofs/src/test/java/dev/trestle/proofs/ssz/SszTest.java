package dev.trestle.proofs.ssz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SszTest {
  private static Hash32 hash(int value) {
    return Digests.sha256(Bytes.wrap(new byte[] {(byte) value}));
  }

  private static Hash32 node(Hash32 left, Hash32 right) {
    return Digests.sha256(left.bytes(), right.bytes());
  }

  @Test
  void basicTypesStandInOneChunk() {
    assertThat(SszRoot.uint64(0x0102030405060708L).toHex())
        .isEqualTo("0807060504030201" + "00".repeat(24));
    assertThat(SszRoot.uint64(-1).toHex()).isEqualTo("ff".repeat(8) + "00".repeat(24));
    assertThat(SszRoot.uint256(BigInteger.TWO.pow(256).subtract(BigInteger.ONE)).toHex())
        .isEqualTo("ff".repeat(32));
    assertThatThrownBy(() -> SszRoot.uint256(BigInteger.TWO.pow(256)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void containersArePaddedWithZeroChunksToAPowerOfTwo() {
    Hash32 a = hash(1);
    Hash32 b = hash(2);
    Hash32 c = hash(3);
    assertThat(SszRoot.container(a)).isEqualTo(a);
    assertThat(SszRoot.container(a, b)).isEqualTo(node(a, b));
    assertThat(SszRoot.container(a, b, c)).isEqualTo(node(node(a, b), node(c, Hash32.ZERO)));
    Hash32 zeroPair = node(Hash32.ZERO, Hash32.ZERO);
    assertThat(SszRoot.container(a, b, c, a, b))
        .isEqualTo(node(node(node(a, b), node(c, a)), node(node(b, Hash32.ZERO), zeroPair)));
  }

  @Test
  void byteListsMixTheirLengthIn() {
    Hash32 chunk = new Hash32(Bytes.fromHex("0102" + "00".repeat(30)));
    assertThat(SszRoot.byteList(Bytes.fromHex("0102"), 32))
        .isEqualTo(node(chunk, SszRoot.uint64(2)));
    assertThat(SszRoot.byteList(Bytes.EMPTY, 32)).isEqualTo(node(Hash32.ZERO, SszRoot.uint64(0)));
    assertThat(SszRoot.byteList(Bytes.fromHex("0102"), 64))
        .isEqualTo(node(node(chunk, Hash32.ZERO), SszRoot.uint64(2)));
    assertThatThrownBy(() -> SszRoot.byteList(Bytes.fromHex("0102"), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void vectorsOfKeysAreVectorsOfTheirRoots() {
    byte[] raw = new byte[3 * 48];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) i;
    }
    Bytes keys = Bytes.wrap(raw);
    Hash32[] roots = new Hash32[3];
    for (int i = 0; i < 3; i++) {
      roots[i] = SszRoot.byteVector(keys.slice(48 * i, 48 * (i + 1)));
    }
    assertThat(SszRoot.vectorOfByteVectors(keys, 48)).isEqualTo(SszRoot.container(roots));
    assertThatThrownBy(() -> SszRoot.vectorOfByteVectors(keys, 47))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void branchesProveTheirPositionOnly() {
    List<Hash32> leaves = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      leaves.add(hash(i));
    }
    Hash32 root = SszRoot.container(leaves.toArray(Hash32[]::new));
    for (int i = 0; i < 8; i++) {
      int pair = sibling(i / 2);
      int half = 2 * sibling(i / 4);
      List<Hash32> branch =
          List.of(
              leaves.get(sibling(i)),
              pairAt(leaves, pair),
              node(pairAt(leaves, half), pairAt(leaves, half + 1)));
      for (int at = 0; at < 8; at++) {
        assertThat(SszBranch.isValid(leaves.get(i), branch, 8 + at, root)).isEqualTo(at == i);
      }
      assertThat(SszBranch.isValid(leaves.get(i), branch.subList(0, 2), 8 + i, root)).isFalse();
      List<Hash32> padded = new ArrayList<>(branch);
      padded.addFirst(Hash32.ZERO);
      assertThat(SszBranch.isValid(leaves.get(i), padded, 8 + i, root)).isTrue();
      padded.set(0, hash(9));
      assertThat(SszBranch.isValid(leaves.get(i), padded, 8 + i, root)).isFalse();
    }
    List<Hash32> tooLong = Collections.nCopies(SszBranch.MAX_DEPTH + 1, Hash32.ZERO);
    assertThat(SszBranch.isValid(root, tooLong, 1, root)).isFalse();
    assertThatThrownBy(() -> SszBranch.depth(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static int sibling(int position) {
    return position % 2 == 0 ? position + 1 : position - 1;
  }

  private static Hash32 pairAt(List<Hash32> leaves, int pair) {
    return node(leaves.get(2 * pair), leaves.get(2 * pair + 1));
  }

  private record Two(long number, Bytes first, Bytes second) {
    Bytes encode() {
      return new SszWriter().part(first).uint64(number).part(second).toBytes();
    }

    static Two decode(Bytes encoded) {
      return SszReader.decode(
          encoded,
          in -> {
            in.offset();
            long number = in.uint64();
            in.offset();
            return new Two(number, in.part(4), in.part(4));
          });
    }
  }

  @Test
  void containersWithPartsOfVariableSizeRoundTrip() {
    for (String first : List.of("", "01", "01020304")) {
      Two two = new Two(-2, Bytes.fromHex(first), Bytes.fromHex("aa"));
      assertThat(Two.decode(two.encode())).isEqualTo(two);
    }
  }

  @Test
  void offsetsHaveOneForm() {
    Bytes good = new Two(7, Bytes.fromHex("0102"), Bytes.fromHex("03")).encode();
    assertRefused(Bytes.concat(good, Bytes.fromHex("0000000000")), "part over its limit");
    assertRefused(good.slice(0, 15), "truncated in the fixed part");
    assertRefused(withByte(good, 0, 17), "a gap before the first part");
    assertRefused(withByte(good, 0, 15), "the first part inside the fixed part");
    assertRefused(withByte(good, 12, 15), "offsets that run backwards");
    assertRefused(withByte(good, 12, 99), "an offset beyond the end");
    assertRefused(withByte(good, 15, 0xff), "an offset beyond 2^31");
    assertRefused(Bytes.EMPTY, "nothing");
  }

  private static Bytes withByte(Bytes source, int at, int value) {
    byte[] raw = source.toArray();
    raw[at] = (byte) value;
    return Bytes.wrap(raw);
  }

  private static void assertRefused(Bytes encoded, String why) {
    assertThatThrownBy(() -> Two.decode(encoded)).as(why).isInstanceOf(DecodeException.class);
  }

  @Test
  void trailingBytesAfterAFixedContainerAreRefused() {
    Bytes encoded = new SszWriter().uint64(1).hash(hash(1)).toBytes();
    assertThat(SszReader.<Long>decode(encoded, in -> in.uint64() + in.hash().bytes().size()))
        .isEqualTo(33L);
    Bytes longer = Bytes.concat(encoded, Bytes.fromHex("00"));
    assertThatThrownBy(() -> SszReader.decode(longer, in -> in.uint64() + in.hash().bytes().size()))
        .isInstanceOf(DecodeException.class);
  }
}
