package dev.trestle.cli;

import dev.trestle.sdk.Api;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Bridge transfers: what can be seen; {@link TransferActions} has what moves coins. */
@Command(
    name = "transfer",
    description = "Bridge transfers: send, burn, list, show, supply.",
    subcommands = {
      TransferCommand.ListTransfers.class,
      TransferCommand.Show.class,
      TransferCommand.Supply.class,
      TransferActions.Send.class,
      TransferActions.Burn.class
    })
final class TransferCommand {
  private TransferCommand() {}

  static String[] lines(Api.Transfer transfer) {
    return new String[] {
      "transfer  " + transfer.id(),
      "status    " + transfer.status(),
      "amount    " + transfer.amount() + "  " + transfer.from(),
      "recipient " + transfer.recipient() + "  " + transfer.to(),
      "deposit   " + transfer.deposit().address() + "  " + transfer.deposit().paymentUri(),
      "expires   " + Instant.ofEpochSecond(transfer.deposit().expiresAt()),
      "packet    " + Output.orDash(transfer.packetId()),
      "steps     "
          + transfer.steps().stream()
              .map(step -> step.name() + " " + step.state())
              .collect(Collectors.joining(", "))
    };
  }

  @Command(name = "list", description = "List transfers, newest first.")
  static final class ListTransfers extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      output()
          .table(
              output().hub().transfers(),
              List.of("TRANSFER", "STATUS", "AMOUNT", "ASSET", "RECIPIENT"),
              transfer ->
                  List.of(
                      transfer.id(),
                      transfer.status(),
                      transfer.amount(),
                      transfer.from(),
                      transfer.recipient()));
      return 0;
    }
  }

  @Command(name = "show", description = "Show one transfer.")
  static final class Show extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "TRANSFER")
    private String id = "";

    @Override
    public Integer call() {
      Api.Transfer transfer = output().hub().transfer(id);
      output().show(transfer, lines(transfer));
      return 0;
    }
  }

  @Command(
      name = "supply",
      description = "Coins in custody and wrapped tokens of every asset; exit 8 if not conserved.")
  static final class Supply extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      List<Api.Supply> supply = output().hub().supply();
      output()
          .table(
              supply,
              List.of("ASSET", "LOCKED", "MINTED", "IN FLIGHT", "PENDING RELEASE", "CONSERVED"),
              each ->
                  List.of(
                      each.asset(),
                      each.locked(),
                      each.minted(),
                      each.inFlight(),
                      each.pendingRelease(),
                      each.conserved() ? "yes" : "NO"));
      return supply.stream().allMatch(Api.Supply::conserved) ? 0 : Failures.VERIFICATION;
    }
  }
}
