package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How one node runs. {@link NodeConfigFile} reads it from JSON.
 *
 * @param dataDir the node's own folder: store, write-ahead log, sign guard, transport key
 * @param genesisFile the genesis document: hex of its canonical bytes
 * @param listenHost address on which peers are accepted
 * @param listenPort 0 for any free port; {@code RelayNode.peerPort()} has the real one
 * @param peers seed list
 * @param role follower, or validator with its key
 * @param rpcPort port of the JSON-RPC server on the loopback address, 0 for any free one
 * @param timing pace of blocks
 * @param operations what an operator sets about the machine
 */
public record NodeConfig(
    Path dataDir,
    Path genesisFile,
    String listenHost,
    int listenPort,
    List<PeerAddress> peers,
    Role role,
    int rpcPort,
    Timing timing,
    Operations operations) {

  /** What the node may do. */
  public sealed interface Role {
    /** Follows the chain and passes transactions on; has no key and no vote. */
    record Follower() implements Role {}

    /**
     * Votes.
     *
     * @param keyFile 32 bytes of hex, readable by the owner only
     * @param newValidator this key has never signed: makes a sign guard when there is none
     */
    record Validator(Path keyFile, boolean newValidator) implements Role {}
  }

  /**
   * @param minBlockIntervalMs no block is proposed sooner after its parent, milliseconds
   * @param heartbeatMs an empty block is proposed after this long without one, milliseconds
   * @param roundTimeoutMs time of round 0, milliseconds; later rounds take longer, up to a cap
   */
  public record Timing(long minBlockIntervalMs, long heartbeatMs, long roundTimeoutMs) {
    public static final Timing DEVNET = new Timing(100, 10_000, 1_000);
    public static final long MAX_MS = 600_000;
    public static final long MIN_ROUND_MS = 100;

    public Timing {
      require(minBlockIntervalMs >= 1 && minBlockIntervalMs <= MAX_MS, "minBlockIntervalMs");
      require(heartbeatMs >= minBlockIntervalMs && heartbeatMs <= MAX_MS, "heartbeatMs");
      require(roundTimeoutMs >= MIN_ROUND_MS && roundTimeoutMs <= MAX_MS, "roundTimeoutMs");
    }
  }

  /**
   * @param minFreeDiskMb with less free space than this many mebibytes the node signs and stores
   *     nothing; 0 only stops where the disk is full
   * @param metrics where {@code GET /metrics} is served, if it is
   * @param logFormat of the process that runs the node
   * @param keep what stays of the chain on the disk
   */
  public record Operations(
      long minFreeDiskMb, Optional<Endpoint> metrics, LogFormat logFormat, Keep keep) {
    public static final long MAX_FREE_DISK_MB = 1 << 20;
    public static final Operations DEFAULT = new Operations(200, Optional.empty(), LogFormat.TEXT);

    /** Of an archive. */
    public Operations(long minFreeDiskMb, Optional<Endpoint> metrics, LogFormat logFormat) {
      this(minFreeDiskMb, metrics, logFormat, Keep.DEFAULT);
    }

    public Operations {
      require(minFreeDiskMb >= 0 && minFreeDiskMb <= MAX_FREE_DISK_MB, "minFreeDiskMb");
    }
  }

  /**
   * What stays of the chain on the disk.
   *
   * @param keepBlocks newest blocks that are kept, 0 for all; never fewer than those above the
   *     newest snapshot
   * @param snapshotBlocks a snapshot is made at every multiple of this height, 0 for none
   * @param stateSyncBlocks a node that is further behind fetches a snapshot
   */
  public record Keep(long keepBlocks, long snapshotBlocks, long stateSyncBlocks) {
    public static final long MIN_BLOCKS = 16;
    public static final long MAX_BLOCKS = 1_000_000_000;
    public static final Keep DEFAULT = new Keep(0, 1_000, 10_000);

    public Keep {
      require(keepBlocks == 0 || inRange(keepBlocks), "keepBlocks");
      require(snapshotBlocks == 0 || inRange(snapshotBlocks), "snapshotBlocks");
      require(keepBlocks == 0 || snapshotBlocks > 0, "snapshotBlocks");
      require(inRange(stateSyncBlocks), "stateSyncBlocks");
    }

    private static boolean inRange(long blocks) {
      return blocks >= MIN_BLOCKS && blocks <= MAX_BLOCKS;
    }

    /** The lowest block to be kept. */
    long from(long head, long newestSnapshot) {
      return keepBlocks == 0 ? 1 : Math.max(1, Math.min(head - keepBlocks, newestSnapshot) + 1);
    }
  }

  /**
   * Where a server listens.
   *
   * @param port 0 for any free one
   */
  public record Endpoint(String host, int port) {
    public Endpoint {
      require(port >= 0 && port <= 65_535, "port");
    }
  }

  public static final int MAX_PEERS = 128;

  public NodeConfig {
    peers = List.copyOf(peers);
    require(listenPort >= 0 && listenPort <= 65_535, "listenPort");
    require(rpcPort >= 0 && rpcPort <= 65_535, "rpcPort");
    require(peers.size() <= MAX_PEERS, "peers");
  }

  /** Empty for a follower. */
  public Optional<Role.Validator> validator() {
    return role instanceof Role.Validator validator ? Optional.of(validator) : Optional.empty();
  }

  /** The same, for a key that has never signed; a follower stays as it is. */
  public NodeConfig asNewValidator() {
    return validator()
        .map(now -> with(new Role.Validator(now.keyFile(), true), listenPort, rpcPort))
        .orElse(this);
  }

  /** The same on these ports, with a guard that exists. */
  NodeConfig again(int peers, int rpc) {
    Role same = validator().<Role>map(now -> new Role.Validator(now.keyFile(), false)).orElse(role);
    return with(same, peers, rpc);
  }

  private NodeConfig with(Role other, int listen, int rpc) {
    return new NodeConfig(
        dataDir, genesisFile, listenHost, listen, peers, other, rpc, timing, operations);
  }

  private static void require(boolean holds, String key) {
    if (!holds) {
      throw new TrestleException(NodeReason.BAD_CONFIG, key + " is out of range");
    }
  }
}
