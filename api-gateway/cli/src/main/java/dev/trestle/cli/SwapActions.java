package dev.trestle.cli;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.htlc.ChainPorts;
import dev.trestle.htlc.RecoveryFile;
import dev.trestle.htlc.SwapStatus;
import dev.trestle.htlc.SwapView;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.SwapForms;
import dev.trestle.sdk.SwapParty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Swap commands that move the user's own coins. */
final class SwapActions {
  private static final Duration INTERVAL = Duration.ofMillis(300);

  /** For the line of a swap whose end is known. */
  private static final Duration LAST_LINE = Duration.ofSeconds(30);

  /** Longer than any swap can lock coins. */
  private static final Duration PATIENCE = Duration.ofDays(60);

  private SwapActions() {}

  /** Runs a swap that was entered to its end and gives the exit code of that end. */
  private static int finish(
      Output output, SwapParty party, SwapParty.Taken swap, ProgressPrinter progress) {
    SwapView end =
        new HubClient(java.net.URI.create("http://127.0.0.1"))
            .await(
                "the end of swap " + swap.id(),
                () -> party.engine().status(swap.swapId()).orElseThrow(),
                view -> view.status().isEnd(),
                PATIENCE,
                INTERVAL);
    progress.awaitEnd(swap.swapId(), LAST_LINE);
    output.note("swap " + swap.id() + " ended: " + end.status());
    return exitCode(end.status());
  }

  static int exitCode(SwapStatus end) {
    return switch (end) {
      case COMPLETED -> 0;
      case ABORTED, REFUNDED -> Failures.CONFLICT;
      case LOSS -> Failures.INTERNAL;
      case QUOTED, AGREED, FUNDING, ALL_LOCKED, SECRET_KNOWN, REDEEMING, REFUNDING ->
          Failures.TIMEOUT;
    };
  }

  @Command(
      name = "offer",
      description = {
        "Offer one swap and serve it until it ends (maker).",
        "Exit 4 when nobody takes the offer or the swap is refunded."
      })
  static final class Offer extends Output.Base implements Callable<Integer> {
    @Mixin private WalletOptions wallet = new WalletOptions();

    @Option(names = "--give", required = true, description = "Asset to give, CAIP-19.")
    private String give = "";

    @Option(names = "--give-amount", required = true, description = "Smallest units.")
    private String giveAmount = "";

    @Option(names = "--want", required = true, description = "Asset to receive, CAIP-19.")
    private String want = "";

    @Option(names = "--want-amount", required = true, description = "Smallest units.")
    private String wantAmount = "";

    @Option(names = "--life", defaultValue = "3600", description = "Seconds (default: 3600).")
    private long lifeSeconds = 3_600;

    @Override
    public Integer call() {
      wallet.require();
      AssetId giveAsset = AssetId.parse(give);
      AssetId wantAsset = AssetId.parse(want);
      Amount gives = Values.amount(giveAmount);
      Amount wants = Values.amount(wantAmount);
      output().note("give      " + gives + "  " + giveAsset);
      output().note("receive   " + wants + "  " + wantAsset);
      output().confirm(wallet.isConfirmed());
      try (Wallet open = wallet.open();
          SwapParty party = open.swaps(output().hub(), wallet.settings())) {
        ProgressPrinter progress = new ProgressPrinter(output());
        party.onProgress(progress);
        Duration life = Duration.ofSeconds(lifeSeconds);
        Api.Offer offer = party.offer(giveAsset, gives, wantAsset, wants, life);
        output().show(offer, "offer     " + offer.id() + "  open for " + lifeSeconds + " s");
        List<String> entered =
            output()
                .hub()
                .await(
                    "a taker of offer " + offer.id(),
                    party::acceptProposals,
                    ids -> !ids.isEmpty(),
                    life,
                    INTERVAL);
        Api.Swap swap = output().hub().swap(entered.getFirst());
        SwapParty.Taken served =
            new SwapParty.Taken(swap.id(), SwapForms.toEngine(swap.terms()).swapId());
        return finish(output(), party, served, progress);
      }
    }
  }

  @Command(
      name = "take",
      description = {
        "Take an offer and run the swap to its end (taker).",
        "Exit 4 when it ends in a refund."
      })
  static final class Take extends Output.Base implements Callable<Integer> {
    @Mixin private WalletOptions wallet = new WalletOptions();

    @Option(names = "--from", required = true, description = "Asset to send, CAIP-19.")
    private String from = "";

    @Option(names = "--to", required = true, description = "Asset to receive, CAIP-19.")
    private String to = "";

    @Option(names = "--amount", required = true, description = "Smallest units to send.")
    private String amount = "";

    @Option(
        names = "--min-receive",
        required = true,
        description = "Least smallest units to receive; a worse quote is refused.")
    private String least = "";

    @Option(
        names = "--patience",
        defaultValue = "120",
        description = "Seconds to wait for the maker (default: 120).")
    private long patienceSeconds = 120;

    @Override
    public Integer call() {
      wallet.require();
      AssetId source = AssetId.parse(from);
      AssetId target = AssetId.parse(to);
      Amount send = Values.amount(amount);
      Amount receive = Values.amount(least);
      try (Wallet open = wallet.open();
          SwapParty party = open.swaps(output().hub(), wallet.settings())) {
        ProgressPrinter progress = new ProgressPrinter(output());
        party.onProgress(progress);
        Api.Quote quote = party.quote(source, target, send);
        output().show(quote, SwapCommand.lines(quote));
        output().confirm(wallet.isConfirmed());
        SwapParty.Taken taken =
            party.take(quote, source, target, send, receive, Duration.ofSeconds(patienceSeconds));
        output().note("swap      " + taken.id() + " agreed");
        return finish(output(), party, taken, progress);
      }
    }
  }

  @Command(
      name = "refund",
      description = "Take locked coins back with a recovery file; needs a node but no gateway.")
  static final class Refund extends Output.Base implements Callable<Integer> {
    @Mixin private WalletOptions wallet = new WalletOptions();

    @Option(
        names = "--offline",
        required = true,
        paramLabel = "RECOVERY_FILE",
        description = "Recovery file of the swap.")
    private Path file = Path.of("recovery.json");

    /** Ids of the refunds that were sent. */
    record Refunded(String swapId, String chain, List<String> transactions) {}

    @Override
    public Integer call() throws IOException {
      wallet.require();
      RecoveryFile recovery = accepted(RecoveryFile.parse(Files.readString(file)));
      ChainId chain = recovery.terms().legs().get(recovery.leg()).chain();
      output()
          .note(
              "refund    "
                  + recovery.terms().legs().get(recovery.leg()).amount()
                  + "  "
                  + recovery.terms().legs().get(recovery.leg()).asset()
                  + "  from "
                  + recovery.lock().address());
      output().confirm(wallet.isConfirmed());
      try (Wallet open = wallet.open(Set.of(chain))) {
        ChainPorts ports = ChainPorts.of(open.chains().require(chain));
        List<Hash32> sent =
            accepted(
                recovery.needsWalletKey()
                    ? recovery.refund(ports, open.chainKey(chain))
                    : recovery.refund(ports, open.seed()));
        Refunded refunded =
            new Refunded(
                recovery.terms().swapId().toHex(),
                chain.toString(),
                sent.stream().map(Hash32::toHex).toList());
        output().show(refunded, sent.stream().map(id -> "refund    " + id).toArray(String[]::new));
      }
      return 0;
    }

    private static <T> T accepted(Verdict<T> verdict) {
      return switch (verdict) {
        case Verdict.Accepted<T>(T value) -> value;
        case Verdict.Ignored<T>(ReasonCode reason, String detail) -> throw refused(reason, detail);
        case Verdict.Rejected<T>(ReasonCode reason, String detail) -> throw refused(reason, detail);
        case Verdict.Later<T>(ReasonCode reason, String detail) -> throw refused(reason, detail);
      };
    }

    private static CliException refused(ReasonCode reason, String detail) {
      return new CliException(reason.code(), Failures.CONFLICT, detail);
    }
  }
}
