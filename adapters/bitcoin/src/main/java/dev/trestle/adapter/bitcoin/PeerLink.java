package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.bitcoin.PeerSession.Act;
import dev.trestle.base.Bytes;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured peer: connects, carries messages between the socket and a {@link PeerSession}, and
 * tries again after a while, the longer the more often it failed; after what no honest peer does,
 * after a long while. Everything but the socket's own events runs on the one thread of {@link
 * PeerHeaders}.
 */
final class PeerLink {
  /** Before the next try: doubled with every failure in a row. */
  static final long FIRST_WAIT_MILLIS = 250;

  static final long MAX_WAIT_MILLIS = 60_000;

  /** After a ban: doubled with every further one. */
  static final long FIRST_BAN_MILLIS = 600_000;

  static final long MAX_BAN_MILLIS = 86_400_000;

  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
  private static final int MAX_DOUBLINGS = 20;

  private final int number;
  private final PeerAddress address;
  private final Bytes magic;
  private final long timeoutMillis;
  private final Context context;
  private final NetClient client;
  private final Host host;
  private Optional<Connection> connection = Optional.empty();
  private boolean connecting;
  private long nextTryMillis;
  private int failures;
  private int bans;
  private volatile Optional<PeerFault> lastFault = Optional.empty();
  private volatile boolean answering;

  /** What a link needs of those that own it. */
  interface Host {
    /** Runs on the one thread. */
    void run(Runnable task);

    long nowMillis();

    HeaderForest forest();

    /** Whether a peer that has more headers than it could give at once is asked on now. */
    boolean maySyncOn(int peer);

    /** A peer has given all that it has, or is gone. */
    void rested(int peer);
  }

  private record Connection(NetSocket socket, PeerFrames frames, PeerSession session) {}

  PeerLink(
      int number,
      PeerAddress address,
      Bytes magic,
      long timeoutMillis,
      Context context,
      NetClient client,
      Host host) {
    this.number = number;
    this.address = address;
    this.magic = magic;
    this.timeoutMillis = timeoutMillis;
    this.context = context;
    this.client = client;
    this.host = host;
  }

  PeerAddress address() {
    return address;
  }

  /** Whether the peer has answered with headers, or with none, and is still there. */
  boolean isAnswering() {
    return answering;
  }

  /** Why the last connection ended. */
  Optional<PeerFault> lastFault() {
    return lastFault;
  }

  /** Connects if it is time to, and looks whether the peer still says what it should. */
  void tick() {
    long now = host.nowMillis();
    if (connection.isPresent()) {
      guarded(connection.get(), () -> perform(connection.get().session().tick(now)));
    } else if (!connecting && now >= nextTryMillis) {
      connecting = true;
      // on the socket's own thread: elsewhere what comes first could be there before the pause
      context.runOnContext(go -> connect());
    }
  }

  private void connect() {
    client
        .connect(address.port(), address.host())
        .onComplete(
            socket -> {
              socket.pause(); // until there is somebody to read it
              host.run(() -> connected(socket));
            },
            failure -> host.run(() -> failed(PeerFault.DISCONNECTED, "no connection")));
  }

  private void connected(NetSocket socket) {
    connecting = false;
    Connection opened =
        new Connection(
            socket, new PeerFrames(magic), new PeerSession(timeoutMillis, host.nowMillis()));
    connection = Optional.of(opened);
    socket.handler(
        received -> {
          socket.pause(); // what is behind waits in the socket until this is verified
          host.run(() -> received(opened, received.getBytes()));
        });
    socket.exceptionHandler(failure -> LOG.debug("{}: {}", address, failure.getMessage()));
    socket.closeHandler(
        closed -> host.run(() -> over(opened, PeerFault.DISCONNECTED, "closed by the peer")));
    send(PeerSession.hello(host.forest().head().height()));
    socket.resume();
  }

  private void received(Connection from, byte[] bytes) {
    guarded(
        from,
        () -> {
          for (PeerMessage message : from.frames().read(bytes)) {
            perform(from.session().on(message, host.nowMillis()));
          }
          from.socket().resume();
        });
  }

  private void guarded(Connection on, Runnable work) {
    if (!connection.equals(Optional.of(on))) {
      return; // it has ended meanwhile
    }
    try {
      work.run();
    } catch (PeerException e) {
      over(on, e.fault(), String.valueOf(e.getMessage()));
    }
  }

  private void perform(List<Act> acts) {
    PeerSession session = connection.orElseThrow().session();
    for (Act act : acts) {
      switch (act) {
        case Act.Send(PeerMessage message) -> send(message);
        case Act.Ask() -> send(session.ask(host.forest().locator(number), host.nowMillis()));
        case Act.Feed(List<Bytes> headers, boolean mayHaveMore) -> {
          PeerSession.Fed outcome = host.forest().feed(number, headers, host.nowMillis() / 1_000);
          answering = true;
          perform(session.fed(outcome, mayHaveMore && host.maySyncOn(number)));
        }
        case Act.UpToDate() -> {
          host.forest().upToDate(number);
          answering = true;
          failures = 0;
          host.rested(number);
        }
      }
    }
  }

  /** Asks a peer on that had to wait for another one. */
  void askOn() {
    connection.ifPresent(
        open -> {
          if (open.session().isReady()) {
            guarded(open, () -> perform(List.of(new Act.Ask())));
          }
        });
  }

  private void send(PeerMessage message) {
    Connection to = connection.orElseThrow();
    if (to.socket().writeQueueFull()) {
      throw new PeerException(PeerFault.STALLED, "does not read what it is sent");
    }
    to.socket()
        .write(Buffer.buffer(to.frames().write(message).toArray()))
        .onFailure(failure -> LOG.debug("{}: {}", address, failure.getMessage()));
  }

  private void over(Connection ended, PeerFault fault, String detail) {
    if (!connection.equals(Optional.of(ended))) {
      return;
    }
    connection = Optional.empty();
    failed(fault, detail);
    ended.socket().close();
  }

  private void failed(PeerFault fault, String detail) {
    connecting = false;
    answering = false;
    host.forest().left(number);
    host.rested(number);
    long wait;
    if (fault.isBanned()) {
      wait = Math.min(MAX_BAN_MILLIS, FIRST_BAN_MILLIS << Math.min(bans++, MAX_DOUBLINGS));
      LOG.warn("peer {} is left alone for {} s: {}", address, wait / 1_000, detail);
    } else {
      wait = Math.min(MAX_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(failures++, MAX_DOUBLINGS));
      if (!lastFault.equals(Optional.of(fault))) {
        LOG.warn("peer {}: {}: {}", address, fault.code(), detail);
      }
    }
    lastFault = Optional.of(fault);
    nextTryMillis = host.nowMillis() + wait;
  }

  void close() {
    connection.ifPresent(open -> open.socket().close());
    connection = Optional.empty();
    answering = false;
    nextTryMillis = Long.MAX_VALUE;
  }
}
