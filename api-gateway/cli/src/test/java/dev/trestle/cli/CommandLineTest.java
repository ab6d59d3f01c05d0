package dev.trestle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every command parses; results on stdout, one line on stderr for every problem. */
final class CommandLineTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TRUST =
      "{\"model\":\"hash-lock\",\"securityLevel\":\"S0\",\"whoCouldSteal\":\"Nobody.\","
          + "\"failureMode\":\"Refund.\"}";
  private static final String RELAY =
      "{\"height\":5,\"head\":\"aa\",\"validators\":4,\"quorum\":3,\"lastBlockMillis\":1,"
          + "\"healthy\":%s,\"unreachable\":[]}";
  private static final String SUPPLY =
      "{\"data\":[{\"asset\":\"a\",\"locked\":\"2\",\"minted\":\"1\",\"inFlight\":\"1\","
          + "\"pendingRelease\":\"0\",\"conserved\":%s,\"height\":5}],\"page\":{\"hasMore\":false}}";
  private static final String EMPTY = "{\"data\":[],\"page\":{\"hasMore\":false}}";

  @TempDir private Path folder = Path.of(".");
  private final FakeGateway gateway = new FakeGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private static String swap(String status) {
    String leg =
        "{\"chain\":\"bip122:x\",\"asset\":\"bip122:x/slip44:0\",\"amount\":\"1000\","
            + "\"claimer\":\"aa\",\"refunder\":\"bb\",\"expiry\":9}";
    String seen =
        "{\"terms\":" + leg + ",\"address\":\"addr\",\"state\":\"none\",\"confirmations\":0}";
    return "{\"id\":\"s1\",\"status\":\""
        + status
        + "\",\"step\":\"x\",\"terms\":{\"hash\":\"cc\",\"legs\":["
        + leg
        + ","
        + leg
        + "],\"initiatorKey\":\"i\",\"participantKey\":\"p\"},\"legs\":["
        + seen
        + ","
        + seen
        + "],\"trust\":"
        + TRUST
        + ",\"worstCaseRefundAt\":9,\"createdAt\":1}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "status --json",
        "swap quote --from a --to b --amount 1",
        "swap list --party 02aa",
        "swap show s1 --json",
        "swap watch s1 --timeout 5 --interval 10",
        "swap offer --wallet w --give a --give-amount 1 --want b --want-amount 2 --life 60 --yes",
        "swap take --wallet w --from a --to b --amount 1 --min-receive 1 --patience 9 --outage 600",
        "swap refund --offline recovery.json --wallet w --yes",
        "transfer list",
        "transfer show t1",
        "transfer send --wallet w --route r --recipient 0x1 --amount 1 --idempotency-key k",
        "transfer burn --wallet w --asset a --chain c --bridge 0x1 --to x --amount 1 --yes",
        "transfer supply",
        "chain list",
        "chain show bip122:x",
        "chain register file --wait",
        "relay status",
        "relay block 5",
        "relay tx aa",
        "relay validators",
        "relay proof aa --genesis g",
        "relay proof aa --genesis g --out bundle",
        "relay verify bundle other --genesis g",
        "relay verify bundle --relay-chain aa --validators 0x1,0x2 --epoch 3 --height 9",
        "swap take --help"
      })
  void everyCommandParses(String line) {
    CommandLine.ParseResult parsed = TrestleCommand.commandLine().parseArgs(line.split(" "));
    assertThat(parsed.hasSubcommand()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "400, malformed-json, 2",
    "422, amount-out-of-range, 2",
    "401, unauthenticated, 5",
    "403, forbidden-scope, 5",
    "404, not-found, 3",
    "409, route-unavailable, 4",
    "410, quote-expired, 4",
    "409, chain-unavailable, 7",
    "503, relay-no-quorum, 7",
    "429, rate-limited, 7",
    "422, unsafe-timelock, 8",
    "500, internal, 10"
  })
  void problemsOfTheGatewayHaveExitCodes(int status, String code, int exit) {
    gateway.answer("/v1/swaps/s1", status, FakeGateway.problem(code));
    FakeGateway.Run run = gateway.run("swap", "show", "s1");
    assertThat(run.exit()).isEqualTo(exit);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip())
        .isEqualTo("trestle: " + code + ": first line second line [exit " + exit + "]");
  }

  @Test
  void aFileThatIsNotThereIsSaidSo() {
    FakeGateway.Run run = gateway.run("chain", "register", "/no/such/registration.hex");
    assertThat(run.exit()).isEqualTo(Failures.NOT_FOUND);
    assertThat(run.err())
        .isEqualTo("trestle: no-such-file: /no/such/registration.hex does not exist [exit 3]\n");
  }

  @Test
  void aGatewayThatIsNotThereIsSaidSo() {
    gateway.close();
    FakeGateway.Run run = gateway.run("status");
    assertThat(run.exit()).isEqualTo(Failures.UNHEALTHY);
    assertThat(run.err())
        .startsWith("trestle: gateway-unreachable: http://127.0.0.1:")
        .contains(" does not answer")
        .endsWith("; is the network up? [exit 7]\n")
        .doesNotContain("null");
  }

  @Test
  void healthIsTheExitCode() {
    gateway.answer("/v1/relay/status", 200, RELAY.formatted("true"));
    gateway.answer("/v1/relay/status", 200, RELAY.formatted("false"));
    assertThat(gateway.run("relay", "status").exit()).isZero();
    FakeGateway.Run stalled = gateway.run("relay", "status", "--json");
    assertThat(stalled.exit()).isEqualTo(Failures.UNHEALTHY);
    assertThat(JSON.readTree(stalled.out()).path("height").asInt()).isEqualTo(5);
  }

  @Test
  void aStallIsShownWithItsBeginningAndWhoIsMissing() {
    String stalled =
        RELAY
            .formatted("false")
            .replace("[]", "[\"0xaa\",\"0xbb\"],\"stalledSinceMillis\":1700000000123");
    gateway.answer("/v1/relay/status", 200, stalled);
    gateway.answer(
        "/v1/status",
        200,
        "{\"hubId\":\"h\",\"version\":\"v\",\"relay\":" + stalled + ",\"chains\":[]}");
    String shown = "STALLED since 2023-11-14T22:13:20Z, unreachable validators: 0xaa 0xbb";
    assertThat(gateway.run("relay", "status").out()).contains(shown);
    FakeGateway.Run status = gateway.run("status");
    assertThat(status.out()).contains(shown);
    assertThat(status.exit()).isEqualTo(Failures.UNHEALTHY);
  }

  @Test
  void brokenAccountsAreAFailedVerification() {
    gateway.answer("/v1/supply", 200, SUPPLY.formatted("true"));
    gateway.answer("/v1/supply", 200, SUPPLY.formatted("false"));
    assertThat(gateway.run("transfer", "supply").exit()).isZero();
    assertThat(gateway.run("transfer", "supply").exit()).isEqualTo(Failures.VERIFICATION);
  }

  @Test
  void watchPrintsEveryChangeOnceAndEndsWithTheSwap() {
    gateway.answer("/v1/swaps/s1", 200, swap("processing"));
    gateway.answer("/v1/swaps/s1", 200, swap("processing"));
    gateway.answer("/v1/swaps/s1", 200, swap("succeeded"));
    FakeGateway.Run run = gateway.run("swap", "watch", "s1", "--json", "--interval", "1");
    assertThat(run.exit()).isZero();
    List<JsonNode> lines = run.out().strip().lines().map(JSON::readTree).toList();
    assertThat(lines.stream().map(line -> line.path("status").asString()))
        .containsExactly("processing", "succeeded");

    gateway.answer("/v1/swaps/s2", 200, swap("refunded"));
    assertThat(gateway.run("swap", "watch", "s2").exit()).isEqualTo(Failures.CONFLICT);
    gateway.answer("/v1/swaps/s3", 200, swap("processing"));
    assertThat(gateway.run("swap", "watch", "s3", "--timeout", "0", "--interval", "1").exit())
        .isEqualTo(Failures.TIMEOUT);
  }

  @Test
  void listsAreTablesOrJson() {
    gateway.answer("/v1/transfers", 200, EMPTY);
    gateway.answer(
        "/v1/swaps", 200, "{\"data\":[" + swap("succeeded") + "],\"page\":{\"hasMore\":false}}");
    assertThat(gateway.run("transfer", "list").out()).startsWith("TRANSFER");
    assertThat(JSON.readTree(gateway.run("transfer", "list", "--json").out()).isArray()).isTrue();
    assertThat(JSON.readTree(gateway.run("swap", "list", "--json").out())).hasSize(1);
    assertThat(gateway.run("swap", "show", "none").exit()).isEqualTo(Failures.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "swap",
        "swap nothing",
        "swap quote --from a",
        "relay block x",
        "status --nonsense"
      })
  void wrongUsageIsOneLine(String line) {
    FakeGateway.Run run = line.isEmpty() ? gateway.run() : gateway.run(line.split(" "));
    assertThat(run.exit()).isEqualTo(Failures.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip().lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("trestle: usage");
  }

  @Test
  void withJsonAFailureIsOneObject() {
    gateway.answer("/v1/swaps/s1", 404, FakeGateway.problem("not-found"));
    FakeGateway.Run run = gateway.run("swap", "show", "s1", "--json");
    assertThat(run.exit()).isEqualTo(Failures.NOT_FOUND);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip())
        .isEqualTo("{\"code\":\"not-found\",\"detail\":\"first line second line\",\"exit\":3}");
    FakeGateway.Run usage = gateway.run("swap", "show", "--json");
    assertThat(usage.exit()).isEqualTo(Failures.USAGE);
    JsonNode problem = JSON.readTree(usage.err());
    assertThat(problem.path("code").asString()).isEqualTo("usage");
    assertThat(problem.path("exit").asInt()).isEqualTo(Failures.USAGE);
  }

  @ParameterizedTest
  @CsvSource({
    "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed, 1, invalid-address",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4, 1, invalid-address",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, 0, amount-out-of-range",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, -1, amount-out-of-range",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, 1.5, amount-out-of-range",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, "
        + "115792089237316195423570985008687907853269984665640564039457584007913129639936, "
        + "amount-out-of-range"
  })
  void slipsOfTheFingerAreFoundBeforeAnythingIsAsked(String to, String amount, String code) {
    String wallet = folder.resolve("w").toString();
    FakeGateway.Run run =
        gateway.run(
            "transfer",
            "send",
            "--wallet",
            wallet,
            "--route",
            "r",
            "--recipient",
            to,
            "--amount=" + amount,
            "--yes");
    assertThat(run.exit()).isEqualTo(Failures.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.err()).startsWith("trestle: " + code);
    assertThat(folder.resolve("w")).doesNotExist();
  }

  @Test
  void helpListsTheExitCodes() {
    assertThat(gateway.run("--help").out()).contains("Exit codes:", "verification failed");
  }

  @Test
  void aForeignAnswerIsAFailedVerification() {
    gateway.answer("/v1/relay/status", 200, "<html>");
    FakeGateway.Run run = gateway.run("relay", "status");
    assertThat(run.exit()).isEqualTo(Failures.VERIFICATION);
    assertThat(run.err()).startsWith("trestle: gateway-mismatch");
  }

  @Test
  void noGatewayIsUnhealthy() {
    gateway.close();
    FakeGateway.Run run = gateway.run("status");
    assertThat(run.exit()).isEqualTo(Failures.UNHEALTHY);
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  @Test
  void moneyDoesNotMoveUnasked() throws IOException {
    Path wallet = walletWithoutNodes();
    FakeGateway.Run run =
        gateway.run(
            "swap",
            "offer",
            "--wallet",
            wallet.toString(),
            "--give",
            "bip122:x/slip44:0",
            "--give-amount",
            "1",
            "--want",
            "eip155:1/slip44:60",
            "--want-amount",
            "2");
    assertThat(run.exit()).isEqualTo(Failures.USAGE);
    assertThat(run.err()).contains("--yes");
    assertThat(wallet.resolve("seed")).doesNotExist();
  }

  @Test
  void aWalletIsMadeForItsOwnerAlone() throws Exception {
    Path wallet = walletWithoutNodes();
    FakeGateway.Run run = gateway.run(offer(wallet));
    assertThat(run.exit()).as(run.err()).isNotZero(); // no chain is there
    Path seed = wallet.resolve("seed");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(seed)).matches("[0-9a-f]{64}");

    Files.writeString(seed, "");
    assertThat(gateway.run(offer(wallet)).err()).contains("trestle: bad-seed");
    Files.setPosixFilePermissions(seed, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(gateway.run(offer(wallet)).err()).contains("trestle: unsafe-permissions");
  }

  @Test
  void aFolderWithoutNodesIsNoWalletAndStaysAsItIs() {
    Path nowhere = folder.resolve("nowhere");
    FakeGateway.Run run = gateway.run(offer(nowhere));
    assertThat(run.exit()).isEqualTo(Failures.NOT_FOUND);
    assertThat(run.err()).startsWith("trestle: no-wallet: there is no wallet in " + nowhere);
    assertThat(nowhere).doesNotExist();
  }

  private Path walletWithoutNodes() throws IOException {
    Path wallet = Files.createDirectory(folder.resolve("wallet"));
    Files.writeString(wallet.resolve("chains.json"), "[]");
    return wallet;
  }

  private static String[] offer(Path wallet) {
    return new String[] {
      "swap",
      "offer",
      "--wallet",
      wallet.toString(),
      "--give",
      "bip122:x/slip44:0",
      "--give-amount",
      "1",
      "--want",
      "eip155:1/slip44:60",
      "--want-amount",
      "2",
      "--yes"
    };
  }

  @Test
  void aWrongRecoveryFileIsRefusedBeforeAnyNodeIsAsked() throws Exception {
    Path file = Files.writeString(folder.resolve("r.json"), "{}");
    String wallet = walletWithoutNodes().toString();
    FakeGateway.Run run =
        gateway.run("swap", "refund", "--offline", file.toString(), "--wallet", wallet, "--yes");
    assertThat(run.exit()).isEqualTo(Failures.CONFLICT);
    assertThat(run.err().strip().lines()).hasSize(1);
    FakeGateway.Run missing =
        gateway.run("swap", "refund", "--offline", "/nowhere", "--wallet", wallet, "--yes");
    assertThat(missing.exit()).isEqualTo(Failures.NOT_FOUND);
  }

  @Test
  void aGenesisThatIsNoneIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("g.bin"), "nonsense");
    gateway.answer(
        "/v1/relay/packets/" + "0".repeat(64) + "/proof",
        200,
        "{\"packet\":\"\",\"packetId\":\"\",\"header\":\"\",\"certificate\":\"\","
            + "\"validators\":[],\"leafIndex\":0,\"leafCount\":0,\"siblings\":[]}");
    FakeGateway.Run run =
        gateway.run("relay", "proof", "0".repeat(64), "--genesis", file.toString());
    assertThat(run.exit()).isEqualTo(Failures.USAGE);
    assertThat(run.err()).startsWith("trestle: bad-genesis");
  }
}
