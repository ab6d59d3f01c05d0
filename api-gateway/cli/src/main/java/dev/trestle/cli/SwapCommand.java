package dev.trestle.cli;

import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Atomic swaps: what can be seen without a wallet; {@link SwapActions} has what moves coins. */
@Command(
    name = "swap",
    description = "Atomic swaps: quote, offer, take, watch, refund.",
    subcommands = {
      SwapCommand.Quote.class,
      SwapCommand.ListSwaps.class,
      SwapCommand.Show.class,
      SwapCommand.Watch.class,
      SwapActions.Offer.class,
      SwapActions.Take.class,
      SwapActions.Refund.class
    })
final class SwapCommand {
  private static final Set<String> ENDS = Set.of("succeeded", "refunded", "expired");
  private static final List<String> HEAD = List.of("SWAP", "STATUS", "STEP", "SEND", "RECEIVE");

  private SwapCommand() {}

  /** A quote as people read it. */
  static String[] lines(Api.Quote quote) {
    return new String[] {
      "send      " + quote.send() + "  " + quote.from(),
      "receive   " + quote.receive() + "  " + quote.to(),
      "fees      hub "
          + quote.fees().hub()
          + ", source network "
          + quote.fees().sourceNetwork()
          + ", destination network "
          + quote.fees().destinationNetwork(),
      "trust     " + quote.trust().securityLevel() + "  " + quote.trust().whoCouldSteal(),
      "refund    by " + Output.time(quote.worstCaseRefundAt()) + " if it fails",
      "expires   " + Output.time(quote.expiresAt()),
      "quote     " + quote.id()
    };
  }

  private static List<String> row(Api.Swap swap) {
    Api.SwapLegTerms first = swap.terms().legs().get(0);
    Api.SwapLegTerms second = swap.terms().legs().get(1);
    return List.of(
        swap.id(),
        swap.status(),
        swap.step(),
        first.amount() + " " + first.asset(),
        second.amount() + " " + second.asset());
  }

  private static String[] lines(Api.Swap swap) {
    List<String> lines = new ArrayList<>();
    lines.add("swap      " + swap.id());
    lines.add("status    " + swap.status() + "  " + swap.step());
    for (Api.Leg leg : swap.legs()) {
      lines.add(
          "lock      "
              + leg.state()
              + "  "
              + leg.terms().amount()
              + " "
              + leg.terms().asset()
              + "  "
              + leg.address()
              + "  confirmations "
              + leg.confirmations()
              + "  tx "
              + Output.orDash(leg.lockTransaction())
              + "  spent by "
              + Output.orDash(leg.spendTransaction()));
    }
    lines.add("refund    by " + Output.time(swap.worstCaseRefundAt()) + " if it fails");
    return lines.toArray(String[]::new);
  }

  @Command(name = "quote", description = "What a swap would give now.")
  static final class Quote extends Output.Base implements Callable<Integer> {
    @Option(names = "--from", required = true, description = "Asset to send, CAIP-19.")
    private String from = "";

    @Option(names = "--to", required = true, description = "Asset to receive, CAIP-19.")
    private String to = "";

    @Option(names = "--amount", required = true, description = "Smallest units to send.")
    private String amount = "";

    @Override
    public Integer call() {
      Api.Quote quote = output().hub().quote(new Api.QuoteRequest("swap", from, to, amount));
      output().show(quote, lines(quote));
      return 0;
    }
  }

  @Command(name = "list", description = "List swaps, newest first.")
  static final class ListSwaps extends Output.Base implements Callable<Integer> {
    @Option(names = "--party", description = "Only of the party with this key, hex.")
    private Optional<String> party = Optional.empty();

    @Override
    public Integer call() {
      HubClient hub = output().hub();
      output().table(party.map(hub::swapsOf).orElseGet(hub::swaps), HEAD, SwapCommand::row);
      return 0;
    }
  }

  @Command(name = "show", description = "Show one swap as its chains have it.")
  static final class Show extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "SWAP")
    private String id = "";

    @Override
    public Integer call() {
      Api.Swap swap = output().hub().swap(id);
      output().show(swap, lines(swap));
      return 0;
    }
  }

  @Command(
      name = "watch",
      description = {
        "Print every change of a swap until it ends; with --json one document a line.",
        "Exit 4 when it ends in a refund, 6 when it does not end in time."
      })
  static final class Watch extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "SWAP")
    private String id = "";

    @Option(names = "--timeout", defaultValue = "86400", description = "Seconds (default: 86400).")
    private long timeoutSeconds = 86_400;

    @Option(
        names = "--interval",
        defaultValue = "1000",
        description = "Milliseconds between looks.")
    private long intervalMillis = 1_000;

    private Optional<Api.Swap> shown = Optional.empty();

    @Override
    public Integer call() {
      HubClient hub = output().hub();
      Api.Swap end =
          hub.await(
              "the end of swap " + id,
              () -> changed(hub.swap(id)),
              swap -> ENDS.contains(swap.status()),
              Duration.ofSeconds(timeoutSeconds),
              Duration.ofMillis(intervalMillis));
      return end.status().equals("succeeded") ? 0 : Failures.CONFLICT;
    }

    private Api.Swap changed(Api.Swap swap) {
      if (!shown.equals(Optional.of(swap))) {
        output().show(swap, lines(swap));
        shown = Optional.of(swap);
      }
      return swap;
    }
  }
}
