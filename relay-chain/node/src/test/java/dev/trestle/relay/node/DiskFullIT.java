package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A validator in a process of its own whose data is on a small file system in memory (a mount
 * namespace of its own, so no rights are needed), which is filled and emptied while the three
 * others go on.
 */
class DiskFullIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int DISK_MB = 192;

  @TempDir Path temp;

  /** The node's process and its disk as seen from outside of its namespace. */
  private record Node(Process process, int rpcPort, Path disk) {
    private JsonNode call(String method, String params) throws Exception {
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpRequest request =
            HttpRequest.newBuilder(uri("/"))
                .header("content-type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}"
                            .formatted(method, params)))
                .build();
        return JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
      }
    }

    private JsonNode status() {
      try {
        return call("relay_status", "[]").path("result");
      } catch (IOException e) {
        return JSON.createObjectNode(); // between two starts
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    private String readiness() throws Exception {
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(uri("/readyz")).build(),
                HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body().strip();
      }
    }

    private URI uri(String path) {
      return URI.create("http://127.0.0.1:" + rpcPort + path);
    }

    private long head() {
      return status().path("head").asLong(-1);
    }

    private Path ballast() {
      return disk.resolve("ballast");
    }
  }

  /** Writes until {@code leaveBytes} are free, or nothing goes in any more. */
  private static void fill(Path ballast, long leaveBytes) {
    byte[] chunk = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (ballast.toFile().getUsableSpace() > leaveBytes) {
        out.write(chunk);
        out.flush();
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private Node launch(DevNet net, List<RelayNode> others, long minFreeDiskMb) throws IOException {
    Path disk = Files.createDirectories(temp.resolve("disk"));
    NodeFiles.createSignGuard(net.keyFile(3));
    String peers =
        String.join(",", others.stream().map(n -> "\"127.0.0.1:" + n.peerPort() + "\"").toList());
    Path config =
        Files.writeString(
            temp.resolve("validator3.json"),
            """
            {"dataDir": "disk/data", "genesis": "genesis.hex", "peers": [%s], "role": "validator",
             "validatorKey": "disk/key", "minBlockIntervalMs": 50, "heartbeatMs": 300,
             "roundTimeoutMs": 500, "minFreeDiskMb": %d}
            """
                .formatted(peers, minFreeDiskMb));
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ValidatorMain.class.getName(),
            "--config",
            config.toString());
    List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c"));
    command.add(
        "mount -t tmpfs -o size="
            + DISK_MB
            + "m none \"$1\" && mkdir \"$1/data\""
            + " && cp -p \"$2\" \"$1/key\" && cp -p \"$2.guard\" \"$1/key.guard\""
            + " && cp -p \"$3\" \"$1/data/transport.pem\" && shift 3 && exec \"$@\"");
    command.add("sh");
    command.add(disk.toString());
    command.add(net.keyFile(3).toString());
    command.add(NodeFiles.transportKey(net.home(DevNet.name(3))).toString());
    command.addAll(java);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    int port = rpcPort(process);
    return new Node(process, port, Path.of("/proc/" + process.pid() + "/root" + disk));
  }

  /** Reads until the node says that it runs; what it says later is read and dropped. */
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
                said.append(e); // ended
              }
              port.completeExceptionally(new AssertionError("the node ended: " + said));
            });
    return DevNet.done(port);
  }

  private static List<RelayNode> three(DevNet net) {
    List<RelayNode> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(net.startNew(i));
    }
    return others;
  }

  /** Some blocks of the others, without the one whose disk is full. */
  private static void goOn(DevNet net, List<RelayNode> others, int blocks, long firstNonce) {
    for (int i = 0; i < blocks; i++) {
      net.send(others.getFirst(), net.transaction("disk", firstNonce + i));
      net.untilHeight(others.getFirst().head() + 1, others.getFirst());
    }
  }

  @Test
  void pausesBelowTheLimitServesReadsAndResumesByItself() throws Exception {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> others = three(net);
      Node node = launch(net, others, 40);
      try {
        goOn(net, others, 2, 0);
        net.until("it takes part", () -> node.head() >= 2);
        fill(node.ballast(), 20L << 20);
        net.until("a pause", () -> node.status().path("disk").path("paused").asBoolean(false));
        JsonNode paused = node.status();
        goOn(net, others, 5, 2);
        JsonNode after = node.status();
        assertThat(after.path("guard")).as("nothing is signed").isEqualTo(paused.path("guard"));
        assertThat(after.path("head")).as("nothing is stored").isEqualTo(paused.path("head"));
        assertThat(others.getFirst().head()).isGreaterThan(after.path("head").asLong() + 3);
        assertThat(node.readiness()).startsWith("503").contains("disk-full");
        assertThat(node.call("relay_getBlock", "[1]").path("result").path("height").asLong())
            .as("reads are served")
            .isEqualTo(1);
        Files.delete(node.ballast());
        long head = others.getFirst().head();
        net.until("it has caught up", () -> node.head() >= head);
        long signed = paused.path("guard").path("sequence").asLong();
        goOn(net, others, 2, 7);
        net.until(
            "it signs again", () -> node.status().path("guard").path("sequence").asLong() > signed);
        net.until("it is ready", () -> node.status().path("ready").asBoolean(false));
        assertNoEvidence(others.getFirst());
      } finally {
        node.process().destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aWriteThatFailsStopsItUntilThereIsRoom() throws Exception {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> others = three(net);
      Node node = launch(net, others, 0);
      try {
        goOn(net, others, 2, 0);
        net.until("it takes part", () -> node.head() >= 2);
        fill(node.ballast(), 0);
        long nonce = 2;
        while (!node.status().path("halted").asString("").startsWith("disk-full")) {
          goOn(net, others, 1, nonce++);
          assertThat(node.process().isAlive()).isTrue();
        }
        assertThat(node.readiness()).startsWith("503").contains("disk-full");
        assertThat(node.call("relay_getBlock", "[1]").path("result").path("height").asLong())
            .as("reads are served")
            .isEqualTo(1);
        goOn(net, others, 3, nonce);
        Files.delete(node.ballast());
        long head = others.getFirst().head();
        net.until("it has caught up", () -> node.head() >= head);
        net.until("it is ready", () -> node.status().path("ready").asBoolean(false));
        net.stop(DevNet.name(1));
        goOn(net, List.of(others.getFirst()), 3, nonce + 3); // three of four: it is needed
        assertNoEvidence(others.getFirst());
      } finally {
        node.process().destroyForcibly().waitFor();
      }
    }
  }

  private static void assertNoEvidence(RelayNode node) {
    for (long height = 1; height <= node.head(); height++) {
      assertThat(node.blockAt(height).orElseThrow().evidence()).isEmpty();
    }
  }
}
