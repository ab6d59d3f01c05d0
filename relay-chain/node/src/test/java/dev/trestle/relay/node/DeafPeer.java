package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stranger that says hello, sends what a test wants, and reads nothing before it is told to. */
final class DeafPeer implements AutoCloseable {
  final TransportIdentity identity = TransportIdentity.generate(new SecureRandom());
  final CompletableFuture<Boolean> closed = new CompletableFuture<>();
  private final FrameDecoder decoder = new FrameDecoder();
  private final List<Frame> heard = new CopyOnWriteArrayList<>();
  private final Vertx vertx;
  private final long awake;
  private final NetClient client;
  private final NetSocket socket;

  DeafPeer(Vertx vertx, Hash32 chainId, int port) {
    this.vertx = vertx;
    this.client = vertx.createNetClient(PeerOptions.client(identity));
    this.socket =
        DevNet.done(
            client
                .connect(port, "127.0.0.1")
                .map(
                    connected -> {
                      connected.handler(this::read);
                      connected.closeHandler(ignored -> closed.complete(true));
                      connected.exceptionHandler(ignored -> closed.complete(true));
                      return connected.pause();
                    })
                .toCompletionStage()
                .toCompletableFuture());
    send(new Frame(FrameType.HELLO, new Hello(ProtocolRange.CURRENT, chainId, 0).encode()));
    // who says nothing at all is cut off for that
    this.awake = vertx.setPeriodic(1_000, timer -> flood(status(), 1));
  }

  private void read(Buffer chunk) {
    decoder.feed(chunk);
    while (decoder.next() instanceof Verdict.Accepted<Optional<Frame>>(Optional<Frame> found)
        && found.isPresent()) {
      heard.add(found.get());
    }
  }

  static Frame status() {
    return new Frame(FrameType.STATUS, new PeerStatus(1, Hash32.ZERO, 1, 0).encode());
  }

  void send(Frame frame) {
    send(frame.encode());
  }

  /** The first bytes of a frame that is never ended. */
  void begin(FrameType type, int payload, int sent) {
    send(
        Buffer.buffer()
            .appendInt(payload + 2)
            .appendByte((byte) Frame.VERSION)
            .appendByte((byte) type.code())
            .appendBytes(new byte[sent]));
  }

  private void send(Buffer bytes) {
    DevNet.done(socket.write(bytes).toCompletionStage().toCompletableFuture());
  }

  /** More of what {@link #begin} began. */
  void goOn(int bytes) {
    send(Buffer.buffer(new byte[bytes]));
  }

  /** So many of the same, without waiting until the socket has taken them. */
  void flood(Frame frame, int count) {
    Buffer all = Buffer.buffer();
    for (int i = 0; i < count; i++) {
      all.appendBuffer(frame.encode());
    }
    Future<Void> _ = socket.write(all);
  }

  void ask(long from, int count) {
    send(new Frame(FrameType.GET_BLOCKS, new SyncRequest(from, count).encode()));
  }

  /** Reads from now on. */
  void listen() {
    socket.resume();
  }

  List<Bytes> heardOf(FrameType type) {
    return heard.stream().filter(each -> each.type() == type).map(Frame::payload).toList();
  }

  @Override
  public void close() {
    vertx.cancelTimer(awake);
    DevNet.done(client.close().toCompletionStage().toCompletableFuture());
  }
}
