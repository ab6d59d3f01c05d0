package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A validator in a process of its own, killed without warning while the chain runs. */
class CrashIT {
  private static final int KILLS = 5;

  @TempDir Path temp;

  private static Process launch(Path config, boolean isNew) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(ValidatorMain.class.getName());
    command.add("--config");
    command.add(config.toString());
    if (isNew) {
      command.add("--new-validator");
    }
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Reads until the node says that it runs; the rest is read and dropped. */
  private static int rpcPort(Process process) {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              StringBuilder said = new StringBuilder();
              try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  said.append(line).append('\n');
                  if (line.startsWith("peers ")) {
                    port.complete(Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)));
                  }
                }
              } catch (IOException e) {
                said.append(e); // killed
              }
              port.completeExceptionally(new AssertionError("the node ended: " + said));
            });
    return DevNet.done(port);
  }

  private Path config(DevNet net, List<RelayNode> others) throws IOException {
    String peers =
        String.join(",", others.stream().map(n -> "\"127.0.0.1:" + n.peerPort() + "\"").toList());
    return Files.writeString(
        temp.resolve("validator3.json"),
        """
        {"dataDir": "%s", "genesis": "genesis.hex", "peers": [%s], "role": "validator",
         "validatorKey": "%s", "minBlockIntervalMs": 50, "heartbeatMs": 500, "roundTimeoutMs": 500}
        """
            .formatted(net.home(DevNet.name(3)), peers, net.keyFile(3)));
  }

  @Test
  void killedAgainAndAgainItNeverContradictsItselfAndComesBack() throws Exception {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> others = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        others.add(net.startNew(i));
      }
      Path config = config(net, others);
      long seed = System.nanoTime();
      Random random = new Random(seed);
      long nonce = 0;
      for (int kill = 0; kill < KILLS; kill++) {
        Process process = launch(config, kill == 0);
        try {
          rpcPort(process);
          // the chain has work all the time; the process dies somewhere inside a height
          long target = others.getFirst().head() + 2 + random.nextInt(3);
          while (others.getFirst().head() < target) {
            net.send(others.getFirst(), net.transaction("a", nonce++));
            net.untilHeight(others.getFirst().head() + 1, others.getFirst());
          }
          CompletableFuture.runAsync(
                  () -> {},
                  CompletableFuture.delayedExecutor(random.nextInt(80), TimeUnit.MILLISECONDS))
              .join();
        } finally {
          process.destroyForcibly().waitFor();
        }
      }
      Process process = launch(config, false);
      try {
        rpcPort(process);
        net.stop(DevNet.name(0));
        List<RelayNode> two = others.subList(1, 3);
        long head = Math.max(two.get(0).head(), two.get(1).head());
        net.send(two.getFirst(), net.transaction("a", nonce));
        // three of four: the process that was killed is needed for every block
        net.untilHeight(head + 4, two.get(0), two.get(1));
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("ended by SIGTERM").isEqualTo(143);
        for (long h = 1; h <= head + 4; h++) {
          assertThat(two.getFirst().blockAt(h).orElseThrow().evidence())
              .as("seed %d: evidence at height %d", seed, h)
              .isEmpty();
          assertThat(two.get(0).blockAt(h)).isEqualTo(two.get(1).blockAt(h));
        }
        assertThat(
                net.staysBelow(
                    Math.max(two.get(0).head(), two.get(1).head()) + 2,
                    Duration.ofSeconds(2),
                    two.get(0),
                    two.get(1)))
            .isTrue();
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }
}
