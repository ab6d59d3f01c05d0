package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.script.Address;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.sdk.Chains;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code light-client follow} beside real nodes, held against what the nodes say themselves. */
class FollowIT {
  private static final int HEADERS = 1_000;

  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Vertx vertx = Vertx.vertx();
  private ProcessRegistry registry = new ProcessRegistry(Path.of("unused"));

  @BeforeEach
  void processes() {
    registry = new ProcessRegistry(temp.resolve("processes"));
  }

  @AfterEach
  void end() {
    registry.endAll();
    vertx.close();
  }

  @Test
  void aThousandHeadersOfBitcoindThenItIsGone() {
    ChainNode node = ChainNode.bitcoind(registry, temp);
    follows(node, "bitcoin", BitcoinNetworks.BITCOIN_REGTEST);
    node.process().stop();
    assertThat(run(node, "bitcoin", BitcoinNetworks.BITCOIN_REGTEST, HEADERS))
        .isEqualTo(Failures.UNHEALTHY);
    assertThat(err.toString()).contains("\"exit\":7");
  }

  @Test
  void aThousandHeadersFromPeers() {
    int port = Ports.free();
    ChainNode node = ChainNode.bitcoind(registry, temp, port);
    ChainParameters parameters = BitcoinNetworks.BITCOIN_REGTEST;
    node.mineFirstBlocks(HEADERS, address(parameters, 1), TimeSource.system().nowSeconds());
    String peer = "--peers=127.0.0.1:" + port;
    assertThat(run(parameters, HEADERS + 12, peer)).as(err.toString()).isZero();
    told(node, HEADERS + 12);
    assertThat(run(parameters, 1, peer, "--node=" + node.endpoint())).isEqualTo(Failures.USAGE);
  }

  @Test
  void aThousandHeadersOfLitecoind() {
    ChainNode node = ChainNode.litecoind(registry, temp);
    follows(node, "litecoin", BitcoinNetworks.LITECOIN_REGTEST);
  }

  @Test
  void aBranchThatTheNodeLeavesIsLeftAndAForgedHeaderIsRefused() {
    ChainNode node = ChainNode.bitcoind(registry, temp);
    ChainParameters parameters = BitcoinNetworks.BITCOIN_REGTEST;
    assertThat(run(node, "bitcoin", parameters, 0)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("\"head\":0,").doesNotContain("\"final\"");
    node.mine(20, address(parameters, 1));
    try (Chains chains = new Chains(vertx, TimeSource.system())) {
      HeaderSource source = chains.add(entry(node, "bitcoin", parameters)).headers();
      HeaderFollow honest = follow(source, parameters);
      toTheEnd(honest);
      assertThat(id(honest)).isEqualTo(best(node));

      String left = node.rpc().call("getblockhash", 16).asString();
      node.rpc().call("invalidateblock", left);
      node.mine(7, address(parameters, 2));
      toTheEnd(honest);
      assertThat(honest.head().height()).isEqualTo(22);
      assertThat(id(honest)).isEqualTo(best(node));

      HeaderFollow deceived = follow(new Forging(source), parameters);
      HeaderRef before = deceived.head();
      assertThatThrownBy(() -> toTheEnd(deceived))
          .isInstanceOf(CliException.class)
          .hasMessageMatching("(bad-prev|high-hash|bad-pow): .*");
      assertThat(deceived.head()).isEqualTo(before);
    }
  }

  private void follows(ChainNode node, String family, ChainParameters parameters) {
    node.mineFirstBlocks(HEADERS, address(parameters, 1), TimeSource.system().nowSeconds());
    assertThat(run(node, family, parameters, HEADERS + 12)).as(err.toString()).isZero();
    told(node, HEADERS + 12);
  }

  private void told(ChainNode node, long headers) {
    JsonNode last = JsonMapper.shared().readTree(out.toString().lines().toList().getLast());
    assertThat(last.get("head").asLong()).isEqualTo(node.rpc().call("getblockcount").asLong());
    assertThat(last.get("id").asString()).isEqualTo(best(node));
    assertThat(last.get("verified").asLong()).isEqualTo(headers);
    assertThat(last.get("final").asLong()).isBetween(1L, headers);
  }

  private int run(ChainNode node, String family, ChainParameters parameters, long until) {
    return run(parameters, until, "--node=" + node.endpoint(), "--family=" + family);
  }

  private int run(ChainParameters parameters, long until, String... from) {
    CommandLine line = TrestleMain.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    List<String> words =
        new ArrayList<>(
            List.of(
                "light-client",
                "follow",
                "--chain=" + parameters.chain(),
                "--until=" + until,
                "--for=120",
                "--json"));
    words.addAll(List.of(from));
    return line.execute(words.toArray(String[]::new));
  }

  private static void toTheEnd(HeaderFollow follow) {
    boolean more = true;
    while (more) {
      more = follow.step();
    }
  }

  private static HeaderFollow follow(HeaderSource source, ChainParameters parameters) {
    Bytes genesis = new AnchorBuilder(parameters, ClientSettings.of(parameters)).genesis().encode();
    return new HeaderFollow(source, new BitcoinFamily().client(), genesis, TimeSource.system());
  }

  private static Chains.Entry entry(ChainNode node, String family, ChainParameters parameters) {
    return new Chains.Entry(
        family, parameters.chain().toString(), List.of(node.endpoint().toString()), Map.of());
  }

  private static String id(HeaderFollow follow) {
    return follow.head().id().toReversedHex();
  }

  private static String best(ChainNode node) {
    return node.rpc().call("getbestblockhash").asString();
  }

  /** Of nobody: different numbers give different blocks. */
  private static String address(ChainParameters parameters, int number) {
    return Address.of(
            parameters.addresses(),
            OutputScript.p2wpkh(Bytes.fromHex(String.format("%040x", number))))
        .orElseThrow();
  }

  /**
   * A node whose fifth header holds no transactions: it has no work, or the sixth does not join it.
   */
  private record Forging(HeaderSource honest) implements HeaderSource {
    @Override
    public Future<RawHeader> latest() {
      return honest.latest();
    }

    @Override
    public Future<RawHeader> finalized() {
      return honest.finalized();
    }

    @Override
    public Future<RawHeader> at(long height) {
      return honest.at(height);
    }

    @Override
    public Future<List<RawHeader>> range(long fromHeight, long toHeight) {
      return honest.range(fromHeight, toHeight).map(Forging::forge);
    }

    @Override
    public AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener) {
      return honest.follow(from, listener);
    }

    private static List<RawHeader> forge(List<RawHeader> headers) {
      List<RawHeader> forged = new ArrayList<>(headers);
      RawHeader fifth = headers.get(4);
      String hex = fifth.raw().toHex();
      forged.set(
          4,
          new RawHeader(
              fifth.ref(),
              fifth.parent(),
              Bytes.fromHex(hex.substring(0, 72) + Hash32.ZERO.toHex() + hex.substring(136))));
      return forged;
    }
  }
}
