package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
  private static final List<Frame> FRAMES =
      List.of(
          new Frame(
              FrameType.HELLO, new Hello(new ProtocolRange(1, 2), Hash32.ZERO, 4444).encode()),
          new Frame(FrameType.STATUS, new PeerStatus(7, Hash32.ZERO, 8, 2).encode()),
          new Frame(FrameType.GET_BLOCKS, new SyncRequest(3, 16).encode()),
          new Frame(FrameType.TRANSACTION, Bytes.wrap(new byte[5000])),
          new Frame(FrameType.BODY, Bytes.EMPTY));

  @Test
  void framesSurviveAnyCutting() {
    Buffer stream = Buffer.buffer();
    FRAMES.forEach(frame -> stream.appendBuffer(frame.encode()));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      FrameDecoder decoder = new FrameDecoder();
      List<Frame> found = new ArrayList<>();
      int at = 0;
      while (at < stream.length()) {
        int next = Math.min(stream.length(), at + 1 + random.nextInt(1500));
        decoder.feed(stream.getBuffer(at, next));
        at = next;
        Optional<Frame> frame = decoder.next().orThrow();
        while (frame.isPresent()) {
          found.add(frame.get());
          frame = decoder.next().orThrow();
        }
      }
      assertThat(found).as("seed %d run %d", seed, run).isEqualTo(FRAMES);
      assertThat(decoder.buffered()).isZero();
    }
  }

  @Test
  void aHeaderOverTheLimitIsRefusedBeforeThePayloadIsThere() {
    for (FrameType type : FrameType.values()) {
      Buffer header =
          Buffer.buffer()
              .appendInt(type.maxBytes() + 3)
              .appendByte((byte) 1)
              .appendByte((byte) type.code());
      assertRefused(header, NodeReason.TOO_LARGE);
    }
    assertRefused(
        Buffer.buffer().appendInt(-1).appendByte((byte) 1).appendByte((byte) 1),
        NodeReason.TOO_LARGE);
    assertRefused(
        Buffer.buffer().appendInt(1).appendByte((byte) 1).appendByte((byte) 1),
        NodeReason.TOO_LARGE);
  }

  @Test
  void anUnknownVersionOrTypeIsRefused() {
    assertRefused(
        Buffer.buffer().appendInt(2).appendByte((byte) 2).appendByte((byte) 1),
        NodeReason.BAD_FRAME);
    assertRefused(
        Buffer.buffer().appendInt(2).appendByte((byte) 1).appendByte((byte) 0x7f),
        NodeReason.BAD_FRAME);
  }

  @Test
  void theFormatIsTheGoldenOne() {
    PeerList peers =
        new PeerList(List.of(new PeerList.Entry(Hash32.ZERO, new PeerAddress("localhost", 7000))));
    SyncResponse blocks =
        new SyncResponse(9, List.of(new SyncResponse.Item(Bytes.utf8("b"), Bytes.utf8("cert"))));
    Buffer all = Buffer.buffer();
    FRAMES.stream()
        .filter(f -> f.payload().size() < 1000)
        .forEach(f -> all.appendBuffer(f.encode()));
    all.appendBuffer(new Frame(FrameType.PEERS, peers.encode()).encode());
    all.appendBuffer(new Frame(FrameType.BLOCKS, blocks.encode()).encode());
    TransactionBatch batch = new TransactionBatch(List.of(Bytes.utf8("t1"), Bytes.utf8("t2")));
    all.appendBuffer(new Frame(FrameType.TRANSACTIONS, batch.encode()).encode());
    assertThat(Bytes.of(all.getBytes())).isEqualTo(Golden.hex("frames-v1.hex"));
    assertThat(PeerList.decode(peers.encode())).isEqualTo(peers);
    assertThat(SyncResponse.decode(blocks.encode())).isEqualTo(blocks);
    assertThat(TransactionBatch.decode(batch.encode())).isEqualTo(batch);
  }

  private static void assertRefused(Buffer bytes, NodeReason reason) {
    FrameDecoder decoder = new FrameDecoder();
    decoder.feed(bytes);
    assertThat(decoder.next())
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(reason));
  }
}
