package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One TLS connection: cuts frames, keeps to the peer's limits in both directions. Everything runs
 * on the network's context.
 */
final class PeerConnection {
  /** With the socket at once; one frame may be more. */
  private static final int MAX_HANDED_BYTES = 1 << 20;

  private final Vertx vertx;
  private final Context context;
  private final NetSocket socket;
  private final Peer peer;
  private final boolean outbound;
  private final PeerLimits limits;
  private final FrameDecoder decoder = new FrameDecoder();
  private final TokenBucket frameRate;
  private final TokenBucket byteRate;
  private final Deque<Outgoing> urgent = new ArrayDeque<>();
  private final Deque<Outgoing> bulk = new ArrayDeque<>();
  private Handlers handlers = new Handlers(frame -> {}, reason -> {}, reason -> {});
  private Optional<Frame> held = Optional.empty();

  /** Of frames that are not written yet; of them {@link #handedBytes} are with the socket. */
  private long outBytes;

  private long handedBytes;
  private int openBulk;
  private boolean flushing;
  private final AtomicLong openBytes = new AtomicLong();

  /**
   * Set while nothing is read because too much is open: only then must {@link #handled} wake us.
   */
  private volatile boolean stalled;

  private boolean waiting;
  private boolean paused;
  private boolean closed;
  private int protocol = 1;

  private record Outgoing(Frame frame, Promise<Void> sent) {}

  /**
   * @param frame gets each frame; {@link #handled} must follow
   * @param malformed told of bytes that are no frame; must close the connection
   * @param gone called once, when the connection is closed by either side
   */
  record Handlers(Consumer<Frame> frame, Consumer<String> malformed, Consumer<String> gone) {}

  PeerConnection(
      Vertx vertx,
      Context context,
      NetSocket socket,
      Hash32 fingerprint,
      boolean validator,
      boolean outbound) {
    this.vertx = vertx;
    this.context = context;
    this.socket = socket;
    this.peer = new Peer(fingerprint, validator, String.valueOf(socket.remoteAddress()));
    this.outbound = outbound;
    this.limits = validator ? PeerLimits.VALIDATOR : PeerLimits.FOLLOWER;
    long now = System.nanoTime();
    int burst = PeerLimits.BURST_SECONDS;
    this.frameRate =
        new TokenBucket(limits.framesPerSecond(), (long) burst * limits.framesPerSecond(), now);
    this.byteRate =
        new TokenBucket(limits.bytesPerSecond(), (long) burst * limits.bytesPerSecond(), now);
  }

  Peer peer() {
    return peer;
  }

  /** The version that both ends speak; the oldest before the peer's hello. */
  int protocol() {
    return protocol;
  }

  void speak(int agreed) {
    protocol = agreed;
  }

  boolean outbound() {
    return outbound;
  }

  String host() {
    return String.valueOf(socket.remoteAddress().host());
  }

  void start(Handlers to) {
    handlers = to;
    socket.handler(this::bytes);
    socket.drainHandler(ignored -> flush());
    socket.exceptionHandler(cause -> close(String.valueOf(cause.getMessage())));
    socket.closeHandler(ignored -> close("closed by the peer"));
  }

  /**
   * Sends when the socket takes it; drops the frame when too much waits already, but one answer to
   * the peer's questions waits always. Completes when it was taken by the socket or dropped.
   */
  Future<Void> send(Frame frame) {
    boolean fits = outBytes + frame.wireSize() <= limits.outBytes();
    boolean answer = isBulk(frame);
    if (closed || !(fits || (answer && openBulk == 0))) {
      return Future.succeededFuture(); // consensus repeats itself and sync asks again
    }
    outBytes += frame.wireSize();
    openBulk += answer ? 1 : 0;
    Promise<Void> sent = Promise.promise();
    (answer ? bulk : urgent).add(new Outgoing(frame, sent));
    flush();
    return sent.future();
  }

  private static boolean isBulk(Frame frame) {
    return switch (frame.type()) {
      case BLOCKS, SNAPSHOT, CHUNK -> true;
      default -> false;
    };
  }

  /** Gives back what a frame took from the peer's allowance. Any thread. */
  void handled(Frame frame) {
    openBytes.addAndGet(-frame.cost());
    if (stalled) {
      context.runOnContext(ignored -> drain());
    }
  }

  /** Bytes of memory that wait for the peer: what it does not read, and what it has begun. */
  long heldBytes() {
    return outBytes + decoder.buffered();
  }

  void close(String reason) {
    if (!closed) {
      closed = true;
      socket.close();
      urgent.forEach(each -> each.sent().tryComplete());
      bulk.forEach(each -> each.sent().tryComplete());
      handlers.gone().accept(reason);
    }
  }

  /**
   * Hands over what waits, a bounded part at a time: TLS takes any amount within one turn of the
   * event loop without saying that it is full, and what it has taken nothing urgent can overtake.
   */
  private void flush() {
    if (flushing) {
      return;
    }
    flushing = true;
    while (!closed && handedBytes < MAX_HANDED_BYTES && !socket.writeQueueFull()) {
      Outgoing next = urgent.isEmpty() ? bulk.poll() : urgent.poll();
      if (next == null) {
        break;
      }
      handedBytes += next.frame().wireSize();
      socket.write(next.frame().encode()).onComplete(done -> written(next));
    }
    flushing = false;
  }

  private void written(Outgoing done) {
    int size = done.frame().wireSize();
    handedBytes -= size;
    outBytes -= size;
    openBulk -= isBulk(done.frame()) ? 1 : 0;
    done.sent().tryComplete();
    flush();
  }

  private void bytes(Buffer chunk) {
    decoder.feed(chunk);
    drain();
  }

  private void drain() {
    while (!closed && !waiting && !isFull()) {
      Optional<Frame> frame = held;
      if (frame.isEmpty()) {
        switch (decoder.next()) {
          case Verdict.Accepted<Optional<Frame>>(Optional<Frame> found) -> frame = found;
          case Verdict.Rejected<Optional<Frame>> bad -> {
            handlers.malformed().accept(bad.reason().code() + ": " + bad.detail());
            return;
          }
          case Verdict.Ignored<Optional<Frame>> _, Verdict.Later<Optional<Frame>> _ -> {}
        }
      }
      if (frame.isEmpty()) {
        break;
      }
      if (!withinRate(frame.get())) {
        held = frame;
        break;
      }
      held = Optional.empty();
      openBytes.addAndGet(frame.get().cost());
      handlers.frame().accept(frame.get());
    }
    pauseWhenFull();
  }

  private boolean withinRate(Frame frame) {
    long now = System.nanoTime();
    long wait = 0;
    if (!frameRate.take(1, now)) {
      wait = frameRate.millisUntil(1, now);
    } else if (!byteRate.take(frame.cost(), now)) {
      wait = byteRate.millisUntil(frame.cost(), now);
    }
    if (wait == 0) {
      return true;
    }
    waiting = true;
    vertx.setTimer(
        wait,
        ignored ->
            context.runOnContext(
                alsoIgnored -> {
                  waiting = false;
                  drain();
                }));
    return false;
  }

  private boolean isFull() {
    return openBytes.get() > limits.openBytes();
  }

  private void pauseWhenFull() {
    stalled = isFull();
    if (stalled && !isFull()) {
      stalled = false; // given back before anybody could see that we stall
      context.runOnContext(ignored -> drain());
    }
    boolean full = waiting || stalled;
    if (full && !paused) {
      paused = true;
      socket.pause();
    } else if (!full && paused && !closed) {
      paused = false;
      socket.resume();
    }
  }
}
