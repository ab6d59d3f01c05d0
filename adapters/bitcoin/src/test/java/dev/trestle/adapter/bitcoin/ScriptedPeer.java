package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A peer on loopback that says what a test tells it to. */
final class ScriptedPeer implements AutoCloseable {
  private static final int SECONDS = 120;

  private final ServerSocket server;
  private final Thread thread;
  private final CountDownLatch over = new CountDownLatch(1);

  /** What is said on one connection. */
  interface Script {
    void run(Wire wire) throws IOException;
  }

  /** One connection. */
  final class Wire {
    private final Socket socket;
    private final PeerFrames frames;
    private final ArrayDeque<PeerMessage> received = new ArrayDeque<>();

    private Wire(Socket socket, Bytes magic) {
      this.socket = socket;
      this.frames = new PeerFrames(magic);
    }

    void raw(Bytes bytes) throws IOException {
      socket.getOutputStream().write(bytes.toArray());
    }

    void send(PeerMessage message) throws IOException {
      raw(frames.write(message));
    }

    void send(String command, Bytes payload) throws IOException {
      raw(frames.write(command, payload));
    }

    /** The next message; empty at the end of the connection. */
    Optional<PeerMessage> next() throws IOException {
      byte[] some = new byte[4_096];
      while (received.isEmpty()) {
        int size = socket.getInputStream().read(some);
        if (size < 0) {
          return Optional.empty();
        }
        received.addAll(frames.read(Arrays.copyOf(some, size)));
      }
      return Optional.of(received.remove());
    }

    /** Reads until a message with this command has come. */
    void await(String command) throws IOException {
      Optional<PeerMessage> message = next();
      while (message.isPresent() && !message.get().equals(new PeerMessage.Other(command))) {
        message = next();
      }
    }

    /** Shakes hands, up to the first question. */
    void handshake() throws IOException {
      handshake(PeerSession.PROTOCOL);
    }

    void handshake(int protocol) throws IOException {
      send(new PeerMessage.Version(protocol, 0, ""));
      send(new PeerMessage.VersionAcknowledged());
      await("getheaders");
    }

    /** The script is over; the connection stays until the other side closes it. */
    void rest() throws IOException {
      over.countDown();
      awaitEnd();
    }

    /** Reads until the other side closes. */
    void awaitEnd() throws IOException {
      Optional<PeerMessage> message = next();
      while (message.isPresent()) {
        message = next();
      }
    }
  }

  /** Plays {@code script} on its first connection, and closes it then; takes no other one. */
  ScriptedPeer(Bytes magic, Script script) {
    try {
      this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (Socket socket = server.accept()) {
                    script.run(new Wire(socket, magic));
                  } catch (IOException e) {
                    // the other side, or the test, has ended the connection: as good an end
                  } finally {
                    over.countDown();
                  }
                });
  }

  PeerAddress address() {
    return new PeerAddress("127.0.0.1", server.getLocalPort());
  }

  /** Waits until the script is at its end. */
  void awaitOver() {
    try {
      if (!over.await(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the script does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread.interrupt();
  }
}
