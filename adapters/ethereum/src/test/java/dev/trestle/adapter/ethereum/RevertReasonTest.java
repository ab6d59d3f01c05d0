package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RevertReasonTest {
  private static Bytes selector(String signature) {
    return Digests.keccak256(Bytes.utf8(signature)).bytes().slice(0, 4);
  }

  private static Bytes word(long value) {
    return Bytes.fromHex(String.format("%064x", value));
  }

  @Test
  void namesOurErrors() {
    assertThat(RevertReason.of(Bytes.concat(selector("NotExpired(uint64)"), word(1_800))))
        .isEqualTo("NotExpired(1800)");
    assertThat(RevertReason.of(selector("BadBatch()"))).isEqualTo("BadBatch()");
    assertThat(
            RevertReason.of(
                Bytes.concat(
                    selector("InsufficientBalance(address,uint256,uint256)"),
                    word(0xa1),
                    word(5),
                    word(6))))
        .isEqualTo("InsufficientBalance(0x" + "0".repeat(38) + "a1, 5, 6)");
  }

  @Test
  void readsReasonsOfOthers() {
    Bytes text = Bytes.concat(word(32), word(7), Bytes.utf8("blocked"), Bytes.wrap(new byte[25]));
    assertThat(RevertReason.of(Bytes.concat(selector("Error(string)"), text)))
        .isEqualTo("reverted: blocked");
    assertThat(RevertReason.of(Bytes.concat(selector("Panic(uint256)"), word(0x11))))
        .isEqualTo("panic 0x11");
    assertThat(RevertReason.of(Bytes.EMPTY)).isEqualTo("reverted without a reason");
    assertThat(RevertReason.of(Bytes.fromHex("01020304"))).isEqualTo("reverted: 01020304");
  }

  @Test
  void noBytesMakeItFail() {
    long seed = 42;
    Random random = new Random(seed);
    Bytes[] heads = {
      selector("Error(string)"),
      selector("Panic(uint256)"),
      selector("NotExpired(uint64)"),
      Bytes.EMPTY
    };
    for (int i = 0; i < 5_000; i++) {
      byte[] tail = new byte[random.nextInt(140)];
      random.nextBytes(tail);
      Bytes all = Bytes.concat(heads[i % heads.length], Bytes.wrap(tail));
      assertThat(RevertReason.of(all)).as("seed %d, case %d", seed, i).isNotEmpty();
    }
  }
}
