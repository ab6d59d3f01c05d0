package dev.trestle.dist.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.TimeSource;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.DevnetFiles;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeFolder;
import dev.trestle.relay.node.RelayNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NodeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path temp;

  private int run(Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = TrestleMain.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return line.execute(words);
  }

  private Path genesis = Path.of("genesis.hex");

  @BeforeEach
  void chain() {
    DevnetFiles files = new DevnetFiles(temp.resolve("chain"));
    files.createGenesis(TimeSource.system().nowMillis());
    genesis = files.genesisFile();
  }

  @Test
  void aNewNodeIsMadeOnceAndItsConfigurationIsGood() throws IOException {
    Path folder = temp.resolve("node");
    assertThat(run("node", "init", folder, "--genesis", genesis, "--peer", "127.0.0.1:7500"))
        .isZero();
    assertThat(out.toString())
        .containsPattern("validator  0x[0-9a-f]{40}")
        .containsPattern("key        [0-9a-f]{66}")
        .containsPattern("transport  [0-9a-f]{64}");
    String secret = Files.readString(folder.resolve("validator.key")).strip();
    assertThat(out.toString()).doesNotContain(secret);
    assertThat(run("config", "check", folder.resolve("config.json"))).as(out::toString).isZero();
    assertThat(run("node", "init", folder, "--genesis", genesis)).isEqualTo(4);
    assertThat(err.toString()).contains("already-exists").contains("nothing is overwritten");
    assertThat(folder.resolve("validator.key")).content().startsWith(secret);
  }

  @Test
  void aWrongConfigurationIsExitCode2WithOneLineAKey() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("config.json"),
            "{\"dataDir\":\"d\",\"genesis\":\"none\",\"peers\":[],\"role\":\"follower\",\"rpcPort\":70000}");
    assertThat(run("config", "check", file)).isEqualTo(2);
    assertThat(out.toString().lines())
        .containsExactly(
            "rpcPort = 70000: out of range; allowed: a whole number from 0 to 65535",
            "genesis = " + temp.resolve("none") + ": no such file; allowed: a path of a file");
    assertThat(run("config", "check", file, "--json")).isEqualTo(2);
    JsonNode problems = new JsonMapper().readTree(out.toString()).path("problems");
    assertThat(problems).hasSize(2);
    assertThat(problems.get(0).path("key").asString()).isEqualTo("rpcPort");
    assertThat(run("node", "start", "--config", file)).isEqualTo(2);
    assertThat(err.toString()).contains("rpcPort = 70000");
    assertThat(run("node", "start")).isEqualTo(2);
    assertThat(run("node", "status", temp)).isEqualTo(2);
  }

  @Test
  void aNodeWithoutAChainHasNothingToSnapshotAndIsResetWithKeysAndGuardUntouched()
      throws IOException {
    Path folder = temp.resolve("node");
    run("node", "init", folder, "--genesis", genesis);
    Path out = temp.resolve("a.snapshot");
    assertThat(run("node", "snapshot", folder)).as("without --out").isEqualTo(2);
    assertThat(run("node", "snapshot", folder, "--out", out)).isEqualTo(3);
    assertThat(err.toString()).contains("not-found");
    assertThat(run("node", "snapshot", "--home", temp.resolve("none"), "--out", out)).isEqualTo(2);
    byte[] key = Files.readAllBytes(folder.resolve("validator.key"));
    byte[] guard = Files.readAllBytes(folder.resolve("validator.key.guard"));
    byte[] transport = Files.readAllBytes(folder.resolve("data/transport.pem"));
    Files.createDirectories(folder.resolve("data/wal"));
    Files.writeString(folder.resolve("data/wal/x"), "x");
    assertThat(run("node", "reset", "--home", folder)).as(err::toString).isZero();
    assertThat(folder.resolve("data/wal")).doesNotExist();
    Files.writeString(out, "not a snapshot, but long enough to be looked into");
    assertThat(run("node", "reset", folder, "--from-snapshot", out)).isEqualTo(8);
    assertThat(err.toString()).contains("snapshot-invalid");
    assertThat(folder.resolve("validator.key")).hasBinaryContent(key);
    assertThat(folder.resolve("validator.key.guard")).hasBinaryContent(guard);
    assertThat(folder.resolve("data/transport.pem")).hasBinaryContent(transport);
    Files.delete(folder.resolve("validator.key.guard"));
    assertThat(run("node", "reset", folder)).isEqualTo(10);
    assertThat(err.toString()).contains("guard-missing");
  }

  @Test
  void aRunningNodeSaysWhereItStands() throws Exception {
    Path folder = temp.resolve("follower");
    run("node", "init", folder, "--follower", "--genesis", genesis, "--listen", "127.0.0.1:1");
    Path file = NodeFolder.config(folder);
    Files.writeString(
        file,
        Files.readString(file)
            .replace("\"listenPort\" : 1", "\"listenPort\" : 0")
            .replace("\"metricsPort\" : 7502", "\"metricsPort\" : 0")
            .replace("\"rpcPort\" : 7501", "\"rpcPort\" : 0"));
    RelayNode node = RelayNode.start(NodeConfigFile.load(file)).await(60, TimeUnit.SECONDS);
    try {
      String url = "http://127.0.0.1:" + node.rpcPort();
      assertThat(run("node", "status", "--url", url)).as(err::toString).isZero();
      assertThat(out.toString())
          .contains("role       follower")
          .contains("height     0, up to date")
          .contains("peers      0 connected, validators missing: 0x")
          .containsPattern("disk       \\d+ MiB free, pauses below 200 MiB")
          .contains("state      ready");
      assertThat(run("node", "status", "--url", url, "--json")).isZero();
      assertThat(new JsonMapper().readTree(out.toString()).path("head").asLong(-1)).isZero();
      assertThat(run("node", "status", folder)).isEqualTo(2);
      assertThat(err.toString()).contains("rpcPort is 0");
    } finally {
      node.close().await(60, TimeUnit.SECONDS);
    }
    assertThat(run("node", "status", "--url", "http://127.0.0.1:" + node.rpcPort())).isEqualTo(7);
    assertThat(err.toString()).contains("no node answers");
  }

  @Test
  void saysWhyARoundDoesNotEnd() {
    String status =
        """
        {"chainId": "0x01", "head": 9, "networkHead": 12, "ready": false,
         "notReady": "disk-full: paused until there is room", "validator": "0xaa",
         "silent": "abstains through height 20", "peers": [{}, {}], "missing": ["0xbb"],
         "waitingTransactions": 3,
         "deciding": {"height": 10, "round": 2, "running": true, "proposer": "0xcc",
           "proposed": "0x02", "missingPrepares": ["0xbb"], "missingCommits": ["0xbb", "0xcc"],
           "missingRoundChanges": []},
         "guard": {"sequence": 7, "abstainThrough": 20, "height": 9, "round": 1, "step": "commit"},
         "disk": {"freeBytes": 1048576, "minFreeBytes": 2097152, "paused": true}}
        """;
    assertThat(StatusText.lines(new JsonMapper().readTree(status)))
        .containsExactly(
            "chain      0x01",
            "role       validator 0xaa",
            "height     9, 3 behind the network at 12",
            "round      2 of height 10, waits for prepare of 0xbb; commit of 0xbb 0xcc",
            "peers      2 connected, validators missing: 0xbb",
            "guard      SILENT (abstains through height 20), last signed commit at height 9 round 1,"
                + " record 7",
            "disk       1 MiB free, pauses below 2 MiB",
            "mempool    3 waiting",
            "state      NOT READY: disk-full: paused until there is room");
  }
}
