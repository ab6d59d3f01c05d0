package dev.trestle.dist.devnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of loopback for servers that may end and start again. They lie below the range from which
 * systems give ports to outgoing connections: one of that range can be taken by anybody's
 * connection between two starts, and the server would not come back.
 *
 * <p>Networks that start side by side do not get in each other's way: who is given a port holds a
 * lock on the byte of its number, in a file that all processes of the user share, until it ends.
 */
public final class Ports {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int MAX_TRIES = 1_000;

  /** Given out by this process: not free although nobody listens there yet. */
  private static final Set<Integer> GIVEN = new HashSet<>();

  private static final FileChannel CLAIMS = openClaims();

  private Ports() {}

  /** A port on which nobody listens and which no other caller of this process was given. */
  public static synchronized int free() {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (!GIVEN.contains(port) && isFree(port) && claim(port)) {
        GIVEN.add(port);
        return port;
      }
    }
    throw new DevnetException("no free port on loopback between " + LOWEST + " and " + HIGHEST);
  }

  private static FileChannel openClaims() {
    Path file =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "trestle-ports-" + System.getProperty("user.name") + ".lock");
    try {
      return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException("the claims on ports cannot be kept in " + file, e);
    }
  }

  /** Whether no other process has it; the lock ends with this process. */
  private static boolean claim(int port) {
    try {
      return CLAIMS.tryLock(port, 1, false) != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
