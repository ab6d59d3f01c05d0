package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.sdk.Api;
import java.io.IOException;
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

    @Option(names = "--wait", description = "Wait until the chain is active.")
    private boolean wait;

    @Override
    public Integer call() throws IOException {
      Bytes transaction = Bytes.fromHex(Files.readString(file).strip());
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
                    Duration.ofMillis(300));
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
  }
}
