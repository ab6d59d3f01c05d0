package dev.trestle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Governance on the command line: what is signed is what was asked for, and shown as it is. */
final class GovernanceCommandTest {
  @TempDir private Path folder = Path.of(".");
  private final FakeGateway gateway = new FakeGateway();
  private final List<SecretKey> keys =
      IntStream.range(0, 4)
          .mapToObj(i -> SecretKey.derive(Bytes.utf8("cli"), "governor/" + i))
          .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
          .toList();
  private final List<Genesis.Validator> validators =
      keys.stream()
          .map(key -> new Genesis.Validator(key.publicKey(), Digests.sha256(Bytes.utf8("tls"))))
          .toList();
  private final GovernanceAction action = new GovernanceAction.SetValidators(validators);
  private final Genesis genesis =
      new Genesis(
          "test",
          1,
          validators,
          new Genesis.Governance(keys.stream().map(SecretKey::publicKey).toList(), 3),
          new Genesis.NotaryCommittee(
              0,
              keys.stream()
                  .map(key -> new Genesis.NotaryMember(key.publicKey().xOnly(), key.publicKey()))
                  .toList(),
              3),
          Genesis.Parameters.DEFAULT);

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("genesis.hex"), genesis.encode().toHex());
    Files.createFile(
        folder.resolve("key"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(folder.resolve("key"), keys.getFirst().exposeForStorage().toHex());
    StringBuilder lines = new StringBuilder("# the next set\n");
    validators
        .reversed()
        .forEach(each -> lines.append(each.key() + " " + each.transportKeyHash().toHex() + "\n"));
    Files.writeString(folder.resolve("validators.txt"), lines);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private FakeGateway.Run run(String... command) {
    String[] all = new String[command.length + 5];
    all[0] = "governance";
    System.arraycopy(command, 0, all, 1, command.length);
    all[command.length + 1] = "--key-file";
    all[command.length + 2] = folder.resolve("key").toString();
    all[command.length + 3] = "--genesis";
    all[command.length + 4] = folder.resolve("genesis.hex").toString();
    return gateway.run(all);
  }

  /** The gateway knows the receipt of exactly this transaction. */
  private void expects(TransactionBody body, String status) {
    String id = Transaction.sign(genesis.chainId(), keys.getFirst(), 5, body).id().toHex();
    String receipt = "{\"id\":\"" + id + "\",\"status\":\"" + status + "\"";
    gateway
        .answer(
            "/v1/relay/accounts/" + keys.getFirst().publicKey(),
            200,
            "{\"key\":\"" + keys.getFirst().publicKey() + "\",\"nonce\":5}")
        .answer("/v1/relay/transactions", 202, receipt.replace(status, "pending") + "}")
        .answer("/v1/relay/transactions/" + id, 200, receipt + ",\"code\":\"delay-not-over\"}");
  }

  @Test
  void proposesTheSetOfAFileInTheOrderOfAddresses() {
    expects(new TransactionBody.Propose(action), "succeeded");
    FakeGateway.Run run = run("propose", "validators", folder.resolve("validators.txt").toString());
    assertThat(run.err()).contains(validators.getFirst().key().toString());
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains(Digests.sha256(action.encode()).toHex());
  }

  @Test
  void proposesTheRecoveryOfAClient() throws IOException {
    GovernanceAction recovery =
        new GovernanceAction.RecoverClient(
            dev.trestle.base.ChainId.parse("eip155:1"), Bytes.fromHex("aa"), Bytes.fromHex("bb"));
    Files.writeString(folder.resolve("anchor"), "aa\n");
    Files.writeString(folder.resolve("sample"), "bb\n");
    expects(new TransactionBody.Propose(recovery), "succeeded");
    FakeGateway.Run run =
        run(
            "propose",
            "recovery",
            "eip155:1",
            "--anchor",
            folder.resolve("anchor").toString(),
            "--sample",
            folder.resolve("sample").toString());
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains(Digests.sha256(recovery.encode()).toHex());
  }

  @Test
  void votesForAHashAndExecutes() {
    Hash32 hash = Digests.sha256(action.encode());
    expects(new TransactionBody.Vote(3, hash), "succeeded");
    assertThat(run("vote", "3", "--hash", hash.toHex()).exit()).isZero();
    expects(new TransactionBody.ExecuteProposal(3), "succeeded");
    assertThat(run("execute", "3").exit()).isZero();
  }

  @Test
  void theLedgersRefusalIsAConflict() {
    expects(new TransactionBody.ExecuteProposal(4), "failed");
    FakeGateway.Run run = run("execute", "4");
    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains("delay-not-over");
    assertThat(run.out()).isEmpty();
  }

  /** The hash is that of the action that is shown, not what the gateway says it is. */
  @Test
  void aGatewayCannotShowOneActionUnderTheHashOfAnother() {
    String lie = "ee".repeat(32);
    String proposals =
        "[{\"number\":1,\"state\":\"open\",\"action\":\""
            + action.encode().toHex()
            + "\",\"actionHash\":\""
            + lie
            + "\",\"proposer\":\"02\",\"proposedMillis\":1,\"votes\":[]}]";
    gateway
        .answer(
            "/v1/governance",
            200,
            "{\"epoch\":0,\"threshold\":3,\"keys\":[],\"delayMillis\":0,\"epochBlocks\":100,"
                + "\"plannedValidators\":[],\"proposals\":"
                + proposals
                + "}")
        .answer(
            "/v1/governance/proposals",
            200,
            "{\"data\":" + proposals + ",\"page\":{\"hasMore\":false}}");
    for (String command : List.of("show", "list")) {
      FakeGateway.Run run = gateway.run("governance", command);
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out())
          .contains("1  open  0 votes")
          .contains(Digests.sha256(action.encode()).toHex())
          .contains(validators.getLast().key().toString())
          .doesNotContain(lie);
    }
  }

  @Test
  void badFilesAreWrongUsage() throws IOException {
    Path file = folder.resolve("validators.txt");
    Files.writeString(file, validators.getFirst().key() + "\n");
    assertThat(run("propose", "validators", file.toString()).exit()).isEqualTo(2);
    Files.setPosixFilePermissions(
        folder.resolve("key"), PosixFilePermissions.fromString("rw-r--r--"));
    FakeGateway.Run run = run("execute", "1");
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("its owner only");
  }
}
