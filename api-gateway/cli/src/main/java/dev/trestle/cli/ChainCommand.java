package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Api;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Connected chains and the registration of new ones. */
@Command(
    name = "chain",
    description = "Connected chains and the registration of new ones.",
    subcommands = {
      ChainCommand.ListChains.class,
      ChainCommand.Show.class,
      ChainCommand.Register.class
    })
final class ChainCommand {
  static final List<String> HEAD =
      List.of("CHAIN", "NAME", "STATUS", "CLIENT", "VERIFIED", "NODE HEAD", "NODE");

  private ChainCommand() {}

  static List<String> row(Api.Chain chain) {
    return List.of(
        chain.chain(),
        chain.name(),
        chain.status(),
        chain.client().status(),
        Long.toString(chain.client().height()),
        Long.toString(chain.node().head()),
        chain.node().usable() ? "ok" : chain.node().detail());
  }

  @Command(name = "list", description = "List the connected chains.")
  static final class ListChains extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      output().table(output().hub().chains(), HEAD, ChainCommand::row);
      return 0;
    }
  }

  @Command(name = "show", description = "Show one chain.")
  static final class Show extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "CHAIN", description = "CAIP-2 id.")
    private String chain = "";

    @Override
    public Integer call() {
      Api.Chain found = output().hub().chain(chain);
      if (output().isJson()) {
        output().show(found);
      } else {
        output().table(List.of(found), HEAD, ChainCommand::row);
      }
      return 0;
    }
  }

  @Command(
      name = "register",
      description = "Register a chain with a transaction that the governance quorum has signed.")
  static final class Register extends Output.Base implements Callable<Integer> {
    @Parameters(
        paramLabel = "FILE",
        description = "Signed registration: the hex of a relay transaction.")
    private Path file = Path.of("registration.hex");

    private static final Duration INTERVAL = Duration.ofMillis(300);

    /** The longest that a slow chain may take to show a few new headers. */
    private static final Duration PROBATION = Duration.ofHours(6);

    @Option(names = "--wait", description = "Wait until the chain is active.")
    private boolean wait;

    @Override
    public Integer call() throws IOException {
      Bytes transaction = transaction();
      Api.TransactionReceipt receipt = output().hub().registerChain(transaction);
      if (wait) {
        receipt =
            output()
                .hub()
                .await(
                    "the registration",
                    () -> Receipts.find(output().hub(), transaction),
                    found -> !found.status().equals("pending"),
                    Duration.ofMinutes(1),
                    INTERVAL);
        if (receipt.status().equals("succeeded")) {
          awaitActive(transaction);
        }
      }
      output()
          .show(
              receipt,
              receipt.id()
                  + "  "
                  + receipt.status()
                  + receipt.detail().map(d -> "  " + d).orElse(""));
      return receipt.status().equals("failed") ? Failures.CONFLICT : 0;
    }

    /** Until the probation is over: the validators have verified live headers by then. */
    private void awaitActive(Bytes transaction) {
      if (Transaction.decode(transaction).body() instanceof TransactionBody.RegisterChain chain) {
        output()
            .hub()
            .await(
                chain.chain() + " to become active",
                () -> output().hub().chain(chain.chain().toString()),
                found -> found.status().equals("active"),
                PROBATION,
                INTERVAL);
      }
    }

    private Bytes transaction() throws IOException {
      try {
        return Bytes.fromHex(Files.readString(file).strip());
      } catch (IllegalArgumentException | CharacterCodingException e) {
        throw new CliException(
            "not-a-registration",
            Failures.USAGE,
            file + " is not a signed registration: the hex of a relay transaction");
      }
    }
  }
}
