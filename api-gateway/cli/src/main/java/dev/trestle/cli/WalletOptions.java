package dev.trestle.cli;

import dev.trestle.base.ChainId;
import dev.trestle.htlc.EngineSettings;
import dev.trestle.htlc.TimelockPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options of commands that use the user's own keys and nodes. */
final class WalletOptions {
  @Option(
      names = "--wallet",
      required = true,
      description = "Folder with seed, chains.json and genesis.hex.")
  private Path folder = Path.of("wallet");

  @Option(
      names = "--outage",
      defaultValue = "21600",
      description = "Seconds for which this machine may be down during a swap (default: 21600).")
  private long outageSeconds = 21_600;

  @Option(
      names = "--observe",
      defaultValue = "10",
      description = "Seconds between two looks at the chains of an open swap (default: 10).")
  private long observeSeconds = 10;

  @Option(names = "--yes", description = "Do not ask before money moves.")
  private boolean yes;

  Wallet open() {
    return Wallet.open(folder);
  }

  Wallet open(Set<ChainId> only) {
    return Wallet.open(folder, only::contains);
  }

  /** Before anything is asked or shown: without a wallet there is nothing to agree to. */
  void require() {
    Wallet.require(folder);
  }

  boolean isConfirmed() {
    return yes;
  }

  EngineSettings settings() {
    TimelockPolicy policy =
        new TimelockPolicy(outageSeconds, TimelockPolicy.DEFAULT.startWindowSeconds());
    return EngineSettings.defaults().with(policy).observing(Duration.ofSeconds(observeSeconds));
  }
}
