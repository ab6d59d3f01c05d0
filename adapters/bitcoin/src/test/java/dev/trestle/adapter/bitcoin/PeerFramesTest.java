package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames and payloads of the P2P protocol, whole, in pieces and mutilated. */
class PeerFramesTest {
  private static final Bytes MAGIC = Bytes.fromHex("fabfb5da");
  private static final long SEED = 20_261_127;

  private final PeerFrames frames = new PeerFrames(MAGIC);

  private static List<PeerMessage> conversation() {
    return List.of(
        PeerSession.hello(7),
        new PeerMessage.VersionAcknowledged(),
        new PeerMessage.Headers(TestHeaders.branch("a", 3)),
        new PeerMessage.Ping(-5),
        new PeerMessage.Headers(List.of()),
        new PeerMessage.Pong(9));
  }

  private Bytes written() {
    Bytes all = Bytes.EMPTY;
    for (PeerMessage message : conversation()) {
      all = Bytes.concat(all, frames.write(message));
    }
    return Bytes.concat(
        all,
        frames.write("feefilter", Bytes.wrap(new byte[8])),
        frames.write(new PeerMessage.GetHeaders(List.of(Hash32.ZERO))),
        frames.write("inv", inventory(3)));
  }

  /** One block, of the kind of BIP-144, and transactions. */
  private static Bytes inventory(int items) {
    WireWriter out = new WireWriter().compactSize(items);
    for (int i = 0; i < items; i++) {
      out.u32(i == 1 ? 0x4000_0002L : 1).hash(Hash32.ZERO);
    }
    return out.toBytes();
  }

  private static void assertConversation(List<PeerMessage> read) {
    List<PeerMessage> expected = conversation();
    assertThat(read.getFirst())
        .isInstanceOfSatisfying(
            PeerMessage.Version.class,
            version -> {
              assertThat(version.protocol()).isEqualTo(PeerSession.PROTOCOL);
              assertThat(version.height()).isEqualTo(7);
            });
    assertThat(read.subList(1, 6)).isEqualTo(expected.subList(1, 6));
    assertThat(read.subList(6, 9))
        .containsExactly(
            new PeerMessage.Other("feefilter"),
            new PeerMessage.Other("getheaders"),
            new PeerMessage.Inventory(1));
  }

  @Test
  void messagesInPiecesOfEverySize() {
    byte[] all = written().toArray();
    for (int piece = 1; piece <= 200; piece++) {
      PeerFrames reader = new PeerFrames(MAGIC);
      List<PeerMessage> read = new ArrayList<>();
      for (int from = 0; from < all.length; from += piece) {
        read.addAll(reader.read(Arrays.copyOfRange(all, from, Math.min(all.length, from + piece))));
      }
      assertConversation(read);
    }
  }

  @Test
  void whatIsNoMessage() {
    fault(PeerFault.WRONG_MAGIC, new PeerFrames(Bytes.fromHex("f9beb4d9")).write("verack", none()));
    byte[] checksum = frames.write(new PeerMessage.Ping(1)).toArray();
    checksum[PeerFrames.HEADER] ^= 1;
    fault(PeerFault.MALFORMED_MESSAGE, Bytes.wrap(checksum));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("a\u0001b", none()));
    byte[] behind = frames.write("inv", inventory(1)).toArray();
    behind[4 + 11] = 'x';
    fault(PeerFault.MALFORMED_MESSAGE, Bytes.wrap(behind));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("headers", none()));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("headers", Bytes.fromHex("01")));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("headers", Bytes.fromHex("0000")));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("ping", Bytes.fromHex("00")));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("version", Bytes.fromHex("00")));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("inv", Bytes.fromHex("feffffff7f")));
    Bytes header = TestHeaders.branch("a", 1).getFirst();
    Bytes counted = Bytes.concat(Bytes.fromHex("01"), header, Bytes.fromHex("01"));
    fault(PeerFault.MALFORMED_MESSAGE, frames.write("headers", counted));
  }

  @Test
  void sizesAreBoundedBeforeThereIsRoomForThem() {
    Bytes tooMany = Bytes.wrap(new byte[3 + 2_001 * 81]);
    fault(PeerFault.OVERSIZED_MESSAGE, frames.write("headers", tooMany).slice(0, 24));
    Bytes claims =
        new WireWriter()
            .fixed(MAGIC)
            .fixed(Bytes.utf8("blocktxn\0\0\0\0"))
            .u32(4_000_001)
            .u32(0)
            .toBytes();
    fault(PeerFault.OVERSIZED_MESSAGE, claims);
    Bytes unsigned =
        new WireWriter()
            .fixed(MAGIC)
            .fixed(Bytes.utf8("tx\0\0\0\0\0\0\0\0\0\0"))
            .u32(0xffff_ffffL)
            .u32(0)
            .toBytes();
    fault(PeerFault.OVERSIZED_MESSAGE, unsigned);
  }

  @Test
  void mutilatedStreamsEndInOneKindOfException() {
    Random random = new Random(SEED);
    byte[] all = written().toArray();
    int faults = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] mutant = all.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        assertThat(new PeerFrames(MAGIC).read(mutant)).as("seed %d, case %d", SEED, i).isNotNull();
      } catch (PeerException e) {
        faults++;
      }
    }
    // a change in a payload that is not looked at, or in a length, may go by
    assertThat(faults).isGreaterThan(3_500);
  }

  private static Bytes none() {
    return Bytes.EMPTY;
  }

  private static void fault(PeerFault fault, Bytes stream) {
    assertThatThrownBy(() -> new PeerFrames(MAGIC).read(stream.toArray()))
        .isInstanceOfSatisfying(PeerException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }
}
