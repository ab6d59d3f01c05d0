package dev.trestle.dist.command;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.sdk.Chains;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
      "Follow a running node of the Bitcoin family and verify every header; the node is not trusted.",
      "From the genesis block that is built in, or from --anchor. Ends at --until, --for or SIGINT.",
      "Exit 6 when --for ends before --until, 7 when the node is gone, 8 when it gives a header that",
      "breaks the chain's rules."
    })
public final class FollowCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 200;
  private static final int CLOSE_SECONDS = 5;

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
      description = "RPC address of the node, with user:password, in place of --chains.")
  private Optional<URI> node = Optional.empty();

  @Option(
      names = "--family",
      defaultValue = "bitcoin",
      description = "Of --node: bitcoin or litecoin.")
  private String family = "bitcoin";

  @Option(
      names = "--anchor",
      paramLabel = "FILE",
      description = "Hexadecimal trusted start in place of the genesis block.")
  private Optional<Path> anchor = Optional.empty();

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
    ChainId id = ChainId.parse(chain);
    ChainParameters parameters =
        BitcoinNetworks.byChain(id)
            .orElseThrow(
                () ->
                    new CliException(
                        "not-followable",
                        Failures.USAGE,
                        id
                            + " is not a chain of the Bitcoin family; no other can be followed yet"));
    Bytes start = start(parameters);
    Chains.Entry entry = entry(id);
    CountDownLatch ending = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = Thread.ofPlatform().unstarted(() -> end(ending, ended));
    Runtime.getRuntime().addShutdownHook(hook);
    Vertx vertx = Vertx.vertx();
    try (Chains started = new Chains(vertx, TimeSource.system())) {
      ChainAdapter adapter = started.add(entry);
      return follow(
          new HeaderFollow(
              adapter.headers(), new BitcoinFamily().client(), start, TimeSource.system()),
          ending);
    } finally {
      vertx.close();
      ended.countDown();
      unhook(hook);
    }
  }

  private int follow(HeaderFollow following, CountDownLatch ending) {
    FollowReport report =
        new FollowReport(
            following, chain, until, json, spec.commandLine().getOut(), TimeSource.system());
    long startMillis = TimeSource.system().nowMillis();
    while (true) {
      boolean more = following.step();
      report.show();
      if (until.isPresent() && following.head().height() >= until.get()) {
        return 0;
      }
      if (seconds.isPresent()
          && TimeSource.system().nowMillis() - startMillis >= 1_000 * seconds.get()) {
        if (until.isPresent()) {
          throw new CliException(
              "timed-out",
              Failures.TIMEOUT,
              "height " + following.head().height() + " after " + seconds.get() + " s");
        }
        return 0;
      }
      if (isEnding(ending, more ? 0 : POLL_MILLIS)) {
        return 0;
      }
    }
  }

  private Bytes start(ChainParameters parameters) throws IOException {
    if (anchor.isPresent()) {
      return Bytes.fromHex(Files.readString(anchor.get()).strip());
    }
    return new AnchorBuilder(parameters, ClientSettings.of(parameters)).genesis().encode();
  }

  private Chains.Entry entry(ChainId id) {
    if (node.isPresent()) {
      return new Chains.Entry(family, id.toString(), List.of(node.get().toString()), Map.of());
    }
    return Chains.read(chains).stream()
        .filter(each -> each.chain().equals(id.toString()))
        .findFirst()
        .orElseThrow(
            () ->
                new CliException("no-such-chain", Failures.NOT_FOUND, id + " is not in " + chains));
  }

  private static boolean isEnding(CountDownLatch ending, long millis) {
    try {
      return ending.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** On SIGINT: lets the loop end, so that its last line is whole. */
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
