package dev.trestle.gateway.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Several gateways of one operator. The community edition has neither TLS nor authentication: its
 * ports belong on a private network, and nothing of value may depend on it.
 */
public final class HazelcastCluster implements AutoCloseable {
  /** Entries a map keeps on one member. */
  private static final int MAX_ENTRIES = 10_000;

  private final HazelcastInstance instance;

  private HazelcastCluster(HazelcastInstance instance) {
    this.instance = instance;
  }

  /**
   * Joins the members by address; never by multicast or cloud discovery.
   *
   * @param name cluster name, not the default one
   * @param host address to bind and to publish
   * @param members {@code host:port} of all members
   */
  public static HazelcastCluster join(String name, String host, int port, List<String> members) {
    Config config = new Config().setClusterName(name);
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
    config.getJetConfig().setEnabled(false);
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(port).setPortAutoIncrement(false).setPublicAddress(host + ":" + port);
    network.getInterfaces().setEnabled(true).addInterface(host);
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getTcpIpConfig().setEnabled(true).setMembers(members);
    MapConfig maps = new MapConfig("*").setBackupCount(1);
    maps.getEvictionConfig()
        .setSize(MAX_ENTRIES)
        .setMaxSizePolicy(com.hazelcast.config.MaxSizePolicy.PER_NODE)
        .setEvictionPolicy(com.hazelcast.config.EvictionPolicy.LRU);
    config.addMapConfig(maps);
    return new HazelcastCluster(Hazelcast.newHazelcastInstance(config));
  }

  /** How many gateways are joined now. */
  public int size() {
    return instance.getCluster().getMembers().size();
  }

  public SharedMap map(String name) {
    return new ClusteredMap(instance.getMap(name));
  }

  @Override
  public void close() {
    instance.shutdown();
  }

  private record ClusteredMap(IMap<String, String> map) implements SharedMap {
    @Override
    public void put(String key, String value, Duration timeToLive) {
      map.set(key, value, timeToLive.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<String> get(String key) {
      return Optional.ofNullable(map.get(key));
    }

    @Override
    public boolean remove(String key) {
      return map.remove(key) != null;
    }

    @Override
    public Map<String, String> entries() {
      Map<String, String> snapshot = new LinkedHashMap<>();
      map.entrySet().forEach(entry -> snapshot.put(entry.getKey(), entry.getValue()));
      return snapshot;
    }
  }
}
