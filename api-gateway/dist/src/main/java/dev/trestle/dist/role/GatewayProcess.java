package dev.trestle.dist.role;

import static dev.trestle.adapter.Async.await;

import dev.trestle.base.TimeSource;
import dev.trestle.crypto.SecretKey;
import dev.trestle.gateway.GatewayServer;
import dev.trestle.gateway.cluster.HazelcastCluster;
import dev.trestle.gateway.cluster.LocalSharedMap;
import dev.trestle.gateway.cluster.SharedMap;
import dev.trestle.gateway.hub.EventLog;
import dev.trestle.gateway.hub.FollowerNode;
import dev.trestle.gateway.hub.GatewayRelayChain;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.gateway.hub.RelaySender;
import dev.trestle.htlc.TimelockPolicy;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.RelayNode;
import dev.trestle.relay.relayer.Relayer;
import dev.trestle.sdk.Chains;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A gateway: a follower of the relay chain, adapters, a relayer, and the HTTP server. Chains that
 * are added to its chains file while it runs are taken up without a restart.
 */
public final class GatewayProcess implements AutoCloseable {
  private static final Duration RELAYER_INTERVAL = Duration.ofMillis(250);

  /**
   * Configuration file. Paths are relative to it.
   *
   * @param node configuration of the follower
   * @param chains chains file
   * @param relayKey key file of this gateway's transactions on the relay chain
   * @param evmKey key file that pays for packet deliveries
   * @param outageSeconds outage budget of quotes
   * @param startWindowSeconds time that quotes leave for signing
   */
  public record Config(
      String node,
      String chains,
      String host,
      int port,
      String relayKey,
      String evmKey,
      long outageSeconds,
      long startWindowSeconds,
      Optional<Cluster> cluster) {}

  /**
   * Several gateways that share offers and quotes.
   *
   * @param members {@code host:port} of all
   */
  public record Cluster(String name, String host, int port, List<String> members) {}

  private final Vertx vertx;
  private final RelayNode follower;
  private final Chains chains;
  private final Relayer relayer;
  private final GatewayServer server;
  private final Optional<HazelcastCluster> cluster;
  private final ChainsFile file;

  private GatewayProcess(
      Vertx vertx,
      RelayNode follower,
      Chains chains,
      Relayer relayer,
      GatewayServer server,
      Optional<HazelcastCluster> cluster,
      ChainsFile file) {
    this.vertx = vertx;
    this.follower = follower;
    this.chains = chains;
    this.relayer = relayer;
    this.server = server;
    this.cluster = cluster;
    this.file = file;
  }

  /** Starts everything; blocks until the server listens. */
  public static GatewayProcess start(Path configFile) {
    Config config = ConfigFiles.read(configFile, Config.class);
    Path folder = ConfigFiles.folderOf(configFile);
    Vertx vertx = Vertx.vertx();
    TimeSource time = TimeSource.system();
    EventLog events = new EventLog();
    Chains chains = new Chains(vertx, time);
    RelayNode follower = await(RelayNode.start(NodeConfigFile.load(folder.resolve(config.node()))));
    HubNode node = new FollowerNode(follower, time);
    node.onBlock(events::add);
    SecretKey relayKey = ConfigFiles.readKey(folder.resolve(config.relayKey()));
    RelaySender sender = new RelaySender(node, relayKey);
    Optional<HazelcastCluster> cluster =
        config.cluster().map(c -> HazelcastCluster.join(c.name(), c.host(), c.port(), c.members()));
    Hub hub =
        new Hub(
            node,
            chains::adapter,
            sender,
            relayKey,
            new TimelockPolicy(config.outageSeconds(), config.startWindowSeconds()),
            shared(cluster, "offers", time),
            shared(cluster, "quotes", time),
            shared(cluster, "proposals", time),
            events,
            time,
            "0.1.0");
    ChainsFile file = new ChainsFile(folder.resolve(config.chains()), chains).start().watch();
    Relayer relayer =
        Relayer.start(
            new GatewayRelayChain(node, sender),
            chains::adapter,
            ConfigFiles.readKey(folder.resolve(config.evmKey())),
            RELAYER_INTERVAL);
    GatewayServer server = await(GatewayServer.start(vertx, hub, config.host(), config.port()));
    return new GatewayProcess(vertx, follower, chains, relayer, server, cluster, file);
  }

  private static SharedMap shared(
      Optional<HazelcastCluster> cluster, String name, TimeSource time) {
    return cluster.map(joined -> joined.map(name)).orElseGet(() -> new LocalSharedMap(time));
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    file.close();
    server.close();
    relayer.close();
    chains.close();
    cluster.ifPresent(HazelcastCluster::close);
    await(follower.close());
    await(vertx.close());
  }
}
