package dev.trestle.dist.follow;

import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.dist.command.Networks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code light-client follow}: the light client beside a running node, without a hub. */
@Command(
    name = "follow",
    description = {
      "Follow a running node and verify its headers; the node is not trusted.",
      "Bitcoin and Litecoin (bip122) from the genesis block that is built in or --anchor; CometBFT",
      "(cosmos) from --trust or --anchor; Ethereum's sync committees (eip155; --node is a beacon",
      "node's REST API) from --trust or --anchor. Ends at --until, --for or SIGINT, with a summary.",
      "With --peers several nodes of Bitcoin or Litecoin are asked over the P2P protocol.",
      "Exit 6 when --for ends before --until, 7 when the node is gone, 8 when it gives a header that",
      "breaks the chain's rules."
    })
public final class FollowCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 200;
  private static final int CLOSE_SECONDS = 5;
  private static final long DEFAULT_TRUSTING_SECONDS = 1_209_600;

  @Option(names = "--chain", required = true, description = "CAIP-2 id of the chain.")
  private String chain = "";

  @Option(
      names = "--chains",
      paramLabel = "FILE",
      description = "Nodes by chain; that of `up` if not given.")
  private Path chains = Networks.folder("up").resolve("gateway").resolve("chains.json");

  @Option(
      names = "--node",
      paramLabel = "URL",
      description = "RPC address of the node, with user:password if any, in place of --chains.")
  private Optional<URI> node = Optional.empty();

  @Option(
      names = "--peers",
      paramLabel = "HOST:PORT,...",
      description = "P2P addresses of nodes of Bitcoin or Litecoin, in place of --node.")
  private Optional<String> peers = Optional.empty();

  @Option(names = "--family", description = "Of --node where bip122 does not say: litecoin.")
  private Optional<String> family = Optional.empty();

  @Option(
      names = "--anchor",
      paramLabel = "FILE",
      description = "Hexadecimal trusted start in place of the genesis block.")
  private Optional<Path> anchor = Optional.empty();

  @Option(
      names = "--trust",
      paramLabel = "HASH",
      description = "Hash of a CometBFT or root of a beacon block that you trust.")
  private Optional<String> trust = Optional.empty();

  @Option(
      names = "--trusting-period",
      paramLabel = "SECONDS",
      defaultValue = "1209600",
      description = "How long a header is trusted (default two weeks; with --trust).")
  private long trustingSeconds = DEFAULT_TRUSTING_SECONDS;

  @Option(
      names = "--skip",
      description = "Leave out headers that need not be seen: CometBFT, Ethereum.")
  private boolean skipping;

  @Option(names = "--until", paramLabel = "HEIGHT", description = "End at this verified height.")
  private Optional<Long> until = Optional.empty();

  @Option(names = "--for", paramLabel = "SECONDS", description = "End after this time.")
  private Optional<Long> seconds = Optional.empty();

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    FollowStart start =
        new FollowStart(
            ChainId.parse(chain),
            chains,
            node,
            peers,
            family,
            anchor,
            trust.map(Hash32::fromHex),
            Duration.ofSeconds(trustingSeconds),
            skipping);
    CountDownLatch ending = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = Thread.ofPlatform().unstarted(() -> end(ending, ended));
    Runtime.getRuntime().addShutdownHook(hook);
    try (FollowStart.Opened opened = start.open()) {
      return follow(opened.follow(), ending);
    } finally {
      ended.countDown();
      unhook(hook);
    }
  }

  private int follow(Follow following, CountDownLatch ending) {
    FollowReport report =
        new FollowReport(
            following, chain, until, json, spec.commandLine().getOut(), TimeSource.system());
    long startMillis = TimeSource.system().nowMillis();
    boolean reached = false;
    boolean over = false;
    while (!reached && !over) {
      boolean more = following.step();
      report.show();
      reached = until.isPresent() && following.head().height() >= until.get();
      over = isEnding(ending, more || reached ? 0 : POLL_MILLIS) || isOver(startMillis);
    }
    report.summarize();
    if (!reached && until.isPresent() && isOver(startMillis)) {
      throw new CliException(
          "timed-out",
          Failures.TIMEOUT,
          "height " + following.head().height() + " after " + seconds.orElse(0L) + " s");
    }
    return 0;
  }

  private boolean isOver(long startMillis) {
    return seconds.isPresent()
        && TimeSource.system().nowMillis() - startMillis >= 1_000 * seconds.get();
  }

  private static boolean isEnding(CountDownLatch ending, long millis) {
    try {
      return ending.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** On SIGINT or SIGTERM: lets the loop end with its summary. */
  private static void end(CountDownLatch ending, CountDownLatch ended) {
    ending.countDown();
    isEnding(ended, 1_000L * CLOSE_SECONDS);
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends already
    }
  }
}
