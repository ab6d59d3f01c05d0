package dev.trestle.dist.follow;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.bitcoin.BitcoinPeers;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.SignetChallenge;
import dev.trestle.lightclient.cometbft.CometAnchor;
import dev.trestle.lightclient.cometbft.Header;
import dev.trestle.lightclient.cometbft.TrustLevel;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.ethereum.EthereumAnchor;
import dev.trestle.sdk.Chains;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * From where to follow a chain: its node, and what is trusted of it.
 *
 * @param node in place of the entry in {@code chains}
 * @param peers P2P addresses of nodes of Bitcoin's family, in place of both
 * @param family of the node; known from the chain if not given
 * @param anchor file with a trusted start in hexadecimal
 * @param trust hash of a trusted block
 * @param trusting how long a header is trusted
 * @param skipping whether headers may be left out where trust reaches further
 */
record FollowStart(
    ChainId chain,
    Path chains,
    Optional<URI> node,
    Optional<String> peers,
    Optional<String> family,
    Optional<Path> anchor,
    Optional<Hash32> trust,
    Duration trusting,
    boolean skipping) {
  /** Stake is bound half as long again as a header is trusted: two weeks of three. */
  private static final long UNBONDING_HALVES = 3;

  /** Seconds by which a header may be ahead of our clock. */
  private static final long DRIFT_SECONDS = 10;

  /** A chain that is followed, and what must be closed after it. */
  record Opened(Follow follow, Runnable release) implements AutoCloseable {
    @Override
    public void close() {
      release.run();
    }
  }

  /**
   * @throws CliException {@code not-followable}, {@code no-such-chain}, {@code no-anchor} or {@code
   *     anchor-rejected}
   * @throws AdapterException when the node does not answer or is another chain
   */
  Opened open() throws IOException {
    Optional<ChainParameters> bitcoin = BitcoinNetworks.byChain(chain);
    if (bitcoin.isPresent()) {
      return bitcoin(bitcoin.get());
    }
    if (peers.isPresent()) {
      throw usage("--peers are of Bitcoin and Litecoin");
    }
    return switch (chain.namespace()) {
      case "cosmos" -> cometbft();
      case "eip155" -> beacon();
      default ->
          throw new CliException(
              "not-followable",
              Failures.USAGE,
              chain
                  + " is none of Bitcoin's family (bip122), CometBFT (cosmos), Ethereum (eip155)");
    };
  }

  private Opened bitcoin(ChainParameters parameters) throws IOException {
    if (trust.isPresent() || skipping) {
      throw usage("proof of work is followed from --anchor, every header");
    }
    if (peers.isPresent() && node.isPresent()) {
      throw usage("--peers or --node, not both");
    }
    Bytes start =
        anchor.isPresent()
            ? anchorBytes(anchor.get())
            : new AnchorBuilder(parameters, settings(parameters)).genesis().encode();
    return peers.isPresent() ? overPeers(peers.get(), start) : overRpc(start);
  }

  /** Of signet with the challenge of the public one: another one comes with --anchor. */
  private static ClientSettings settings(ChainParameters parameters) {
    ClientSettings settings = ClientSettings.of(parameters);
    return parameters.equals(BitcoinNetworks.BITCOIN_SIGNET)
        ? settings.withChallenge(SignetChallenge.PUBLIC)
        : settings;
  }

  private Opened overRpc(Bytes start) {
    Chains.Entry entry = entry(family.orElse("bitcoin"));
    Vertx vertx = Vertx.vertx();
    Chains started = new Chains(vertx, TimeSource.system());
    Runnable release =
        () -> {
          started.close();
          vertx.close();
        };
    return proofOfWork(() -> started.add(entry).headers(), start, release);
  }

  private Opened overPeers(String addresses, Bytes start) {
    Vertx vertx = Vertx.vertx();
    AdapterContext context = new AdapterContext(vertx, TimeSource.system());
    AtomicReference<Runnable> close = new AtomicReference<>(() -> {});
    Runnable release =
        () -> {
          close.get().run();
          vertx.close();
        };
    return proofOfWork(
        () -> {
          BitcoinPeers opened = BitcoinPeers.open(context, chain, addresses);
          close.set(opened::close);
          return opened.headers();
        },
        start,
        release);
  }

  private static Opened proofOfWork(Supplier<HeaderSource> source, Bytes start, Runnable release) {
    try {
      return new Opened(
          new HeaderFollow(source.get(), new BitcoinFamily().client(), start, TimeSource.system()),
          release);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  private static CliException usage(String detail) {
    return new CliException("usage", Failures.USAGE, detail);
  }

  private Opened cometbft() throws IOException {
    NodeHttp http = new NodeHttp(URI.create(entry("cometbft").endpoints().getFirst()));
    try {
      CometNode cometNode = new CometNode(http);
      String told = cometNode.chainId();
      if (!told.equals(chain.reference())) {
        throw new AdapterException(AdapterError.WRONG_CHAIN, "the node is of " + told);
      }
      CometAnchor start =
          anchor.isPresent()
              ? decoded(anchorBytes(anchor.get()))
              : cometAnchor(cometNode.header(required(trust)));
      if (!start.chainId().equals(chain.reference())) {
        throw new CliException(
            "anchor-rejected", Failures.VERIFICATION, "wrong-chain: of " + start.chainId());
      }
      return new Opened(
          new CometFollow(cometNode, start, skipping, TimeSource.system()), http::close);
    } catch (IOException | RuntimeException e) {
      http.close();
      throw e;
    }
  }

  /** Of the Beacon API: the nodes in {@link #chains} are those of the execution layer. */
  private Opened beacon() throws IOException {
    URI endpoint = node.orElseThrow(() -> usage("give --node URL of a beacon node's REST API"));
    Optional<Bytes> given =
        anchor.isPresent() ? Optional.of(anchorBytes(anchor.get())) : Optional.empty();
    NodeHttp http = new NodeHttp(endpoint);
    try {
      EthereumAnchor start = new BeaconStart(chain, given, trust, trusting).with(http);
      BeaconRest source = new BeaconRest(http, start.settings().network().preset());
      return new Opened(
          new BeaconFollow(source, start, skipping, TimeSource.system()), http::close);
    } catch (RuntimeException e) {
      http.close();
      throw e;
    }
  }

  private CometAnchor cometAnchor(Header header) {
    return new CometAnchor(
        new TrustOptions(TrustLevel.ONE_THIRD, trusting, Duration.ofSeconds(DRIFT_SECONDS)),
        Duration.ofSeconds(trusting.toSeconds() * UNBONDING_HALVES / 2 + 1),
        header);
  }

  private static CometAnchor decoded(Bytes encoded) {
    try {
      return CometAnchor.decode(encoded);
    } catch (DecodeException e) {
      throw new CliException(
          "anchor-rejected", Failures.VERIFICATION, "malformed: " + e.getMessage());
    }
  }

  private static Hash32 required(Optional<Hash32> trust) {
    return trust.orElseThrow(
        () ->
            new CliException(
                "no-anchor",
                Failures.USAGE,
                "this chain has no built-in start: give --trust HASH of a block that you trust,"
                    + " or --anchor"));
  }

  private static Bytes anchorBytes(Path file) throws IOException {
    return Bytes.fromHex(Files.readString(file).strip());
  }

  private Chains.Entry entry(String nodeFamily) {
    if (node.isPresent()) {
      return new Chains.Entry(
          nodeFamily, chain.toString(), List.of(node.get().toString()), Map.of());
    }
    return Chains.read(chains).stream()
        .filter(each -> each.chain().equals(chain.toString()))
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    "no-such-chain", Failures.NOT_FOUND, chain + " is not in " + chains));
  }
}
