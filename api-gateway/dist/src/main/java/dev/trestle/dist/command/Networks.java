package dev.trestle.dist.command;

import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.dist.demo.Demo;
import dev.trestle.dist.demo.DemoFolder;
import dev.trestle.dist.demo.DemoPrinter;
import dev.trestle.dist.devnet.ComposeTopology;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetFiles;
import dev.trestle.dist.devnet.DevnetLitecoin;
import dev.trestle.dist.devnet.DevnetNetwork;
import dev.trestle.dist.devnet.DevnetOperator;
import dev.trestle.dist.devnet.DevnetSetup;
import dev.trestle.dist.devnet.DevnetWallet;
import dev.trestle.dist.devnet.Miner;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.HubException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}, {@code up}, {@code down} and what they are made of. */
public final class Networks {
  private Networks() {}

  /** Where a local network lives: outside the repository. */
  public static Path folder(String name) {
    String cache = System.getenv("TRESTLE_CACHE");
    if (cache == null || cache.isEmpty()) {
      String user = System.getenv("XDG_CACHE_HOME");
      cache =
          (user == null || user.isEmpty() ? System.getProperty("user.home") + "/.cache" : user)
              + "/trestle";
    }
    return Path.of(cache, "networks", name);
  }

  @Command(
      name = "demo",
      description = "Run the three jobs on a network of real nodes, then end it.")
  public static final class DemoCommand implements Callable<Integer> {
    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(
        names = "--fault",
        paramLabel = "FAULT",
        description = "counterparty-vanishes or kill-hub.")
    private String fault = "none";

    @Override
    public Integer call() {
      Demo.Fault chosen = chosen();
      try (DemoFolder run = DemoFolder.make(folder("demo"))) {
        return new Demo(new DemoPrinter(System.out, json), run.dir()).run(chosen) ? 0 : 1;
      }
    }

    private Demo.Fault chosen() {
      for (Demo.Fault each : Demo.Fault.values()) {
        if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(fault)) {
          return each;
        }
      }
      throw new IllegalArgumentException(
          "--fault is counterparty-vanishes or kill-hub, not " + fault);
    }
  }

  @Command(
      name = "up",
      description = {
        "Start a local network and leave it running.",
        "One that runs already is left as it is, with its coins and swaps."
      })
  public static final class Up implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "8080", description = "Port of the gateway.")
    private int port;

    @Override
    public Integer call() {
      Path dir = folder("up");
      if (DevnetNetwork.isUp(dir)) {
        return tellThatItIsUp(dir);
      }
      requireFree(port);
      Devnet.start(dir, port, false, text -> System.err.println("trestle: " + text)).detach();
      print(dir, DevnetNetwork.read(dir));
      return 0;
    }

    private static void requireFree(int port) {
      try {
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
      } catch (IOException e) {
        throw new CliException(
            "port-taken",
            Failures.CONFLICT,
            "another program listens on port " + port + "; choose one with --port");
      }
    }

    private int tellThatItIsUp(Path dir) {
      DevnetNetwork network = DevnetNetwork.read(dir);
      URI gateway = URI.create(network.gateway());
      if (gateway.getPort() != port) {
        throw new CliException(
            "already-up",
            Failures.CONFLICT,
            "a network runs already, at " + gateway + "; end it first with ./trestle down");
      }
      try {
        new HubClient(gateway).relayStatus();
      } catch (HubException failure) {
        throw new CliException(
            "already-up",
            Failures.UNHEALTHY,
            "a network runs already, but its gateway does not answer ("
                + failure.getMessage()
                + "); end it with ./trestle down and start it anew");
      }
      System.err.println("trestle: it is up already");
      print(dir, network);
      return 0;
    }

    private static void print(Path dir, DevnetNetwork network) {
      System.out.println("gateway   " + network.gateway() + "/v1/status");
      System.out.println("openapi   " + network.gateway() + "/openapi.json");
      System.out.println("metrics   " + network.gateway() + "/metrics");
      System.out.println("bitcoind  " + network.bitcoin());
      System.out.println("anvil     " + network.evm());
      System.out.println("files     " + dir);
      System.out.println("end it with ./trestle down");
      System.out.flush();
    }
  }

  @Command(
      name = "down",
      description = {
        "End the local network, and what demos left running that were killed themselves.",
        "Its files and logs stay until the next `up`."
      })
  public static final class Down implements Callable<Integer> {
    @Override
    public Integer call() {
      int ended =
          new ProcessRegistry(folder("up").resolve("processes")).endAll()
              + DemoFolder.sweep(folder("demo"));
      System.out.println(ended == 0 ? "no network is up" : ended + " processes ended");
      return 0;
    }
  }

  @Command(
      name = "devnet",
      description = "Parts of a local network.",
      subcommands = {
        Mine.class,
        WalletCommand.class,
        LitecoinCommand.class,
        Init.class,
        Operate.class
      })
  public static final class DevnetCommand {}

  @Command(name = "mine", description = "Mine a block a second on a regtest node.")
  static final class Mine implements Callable<Integer> {
    @Option(names = "--rpc", required = true)
    private URI rpc = URI.create("http://127.0.0.1");

    @Option(names = "--address", required = true)
    private String address = "";

    @Override
    public Integer call() {
      Miner miner = Miner.start(new NodeRpc(rpc), address, 1_000);
      Roles.awaitEnd(miner::close);
      return 0;
    }
  }

  @Command(
      name = "wallet",
      description = "Make a user's wallet folder for a local network, with worthless coins.")
  static final class WalletCommand implements Callable<Integer> {
    @Option(names = "--wallet", required = true, description = "The folder.")
    private Path wallet = Path.of("wallet");

    @Option(names = "--dir", description = "Folder of the network; that of `up` if not given.")
    private Path dir = folder("up");

    @Override
    public Integer call() {
      DevnetWallet made = DevnetWallet.make(dir, wallet);
      System.out.println("bitcoin   " + made.bitcoin());
      System.out.println("evm       " + made.evm());
      System.out.flush();
      return 0;
    }
  }

  @Command(
      name = "litecoin",
      description = {
        "Start a Litecoin node beside the local network and write the registration with which it",
        "joins, signed by the network's governance; send it with `chain register`."
      })
  static final class LitecoinCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, description = "File for the registration.")
    private Path out = Path.of("litecoin.hex");

    @Option(names = "--dir", description = "Folder of the network; that of `up` if not given.")
    private Path dir = folder("up");

    @Override
    public Integer call() {
      URI node = DevnetLitecoin.prepare(dir, out);
      System.out.println("litecoind " + node);
      System.out.println("chain     " + Devnet.LITECOIN);
      System.out.println("signed    " + out);
      System.out.flush();
      return 0;
    }
  }

  @Command(
      name = "init",
      description = {
        "Make keys, genesis, contracts and configuration for nodes that run already.",
        "Does nothing when the network was made before."
      })
  static final class Init implements Callable<Integer> {
    /** Who reaches whom under which name. */
    enum Topology {
      COMPOSE
    }

    @Option(names = "--dir", required = true, description = "Folder of the network.")
    private Path dir = Path.of("network");

    @Option(names = "--topology", required = true, description = "compose.")
    private Topology topology = Topology.COMPOSE;

    @Option(names = "--bitcoin", required = true, description = "Regtest node, with password.")
    private URI bitcoin = URI.create("http://127.0.0.1");

    @Option(names = "--evm", required = true, description = "anvil node.")
    private URI evm = URI.create("http://127.0.0.1");

    @Override
    public Integer call() {
      boolean made =
          switch (topology) {
            case COMPOSE ->
                new DevnetSetup(dir, bitcoin, evm)
                    .make(new ComposeTopology(), ComposeTopology.GATEWAY);
          };
      System.out.println(made ? "made " + dir : dir + " is there already");
      return 0;
    }
  }

  @Command(
      name = "operate",
      description = "Mine a block a second and register the chains of a network made by init.")
  static final class Operate implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Option(names = "--dir", required = true, description = "Folder of the network.")
    private Path dir = Path.of("network");

    @Override
    public Integer call() {
      DevnetNetwork network = DevnetNetwork.read(dir);
      DevnetFiles files = new DevnetFiles(dir);
      Vertx vertx = Vertx.vertx();
      Miner miner =
          Miner.start(
              new NodeRpc(URI.create(network.bitcoin())),
              files.faucetAddress(Devnet.BITCOIN),
              1_000);
      Chains chains =
          new Chains(vertx, TimeSource.system())
              .addAll(Chains.read(files.gateway().resolve("chains.json")));
      DevnetOperator operator =
          new DevnetOperator(
              files,
              new HubClient(URI.create(network.gateway())),
              chains,
              EvmAddress.fromHex(network.bridge().substring(2)));
      operator.awaitGateway(PATIENCE);
      operator.register();
      System.out.println("registered");
      System.out.flush();
      Roles.awaitEnd(
          () -> {
            miner.close();
            chains.close();
            vertx.close();
          });
      return 0;
    }
  }
}
