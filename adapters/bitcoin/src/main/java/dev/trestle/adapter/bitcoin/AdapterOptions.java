package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterDescriptor.ConfigKey;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.ChainProfile.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The adapter's options, checked. On networks whose coins are worth something confirmations and
 * times can be raised over the declared defaults, never lowered.
 *
 * @param confirmations that make a block final, the block itself included
 * @param poll how often the tip is asked for
 * @param rpcTimeout of one call
 * @param scanBlocks how far back spendings of a newly watched script are searched; must cover the
 *     longest time that its user may be away
 * @param feeTargetBlocks asked of the node's estimator
 * @param fallbackFee satoshi per virtual byte when the node has no estimate
 * @param maxFee satoshi per virtual byte that is never exceeded
 * @param peers from which headers are fetched over the P2P protocol; empty where the endpoints are
 *     asked for them
 * @param peerTimeout of a connection to a peer, its handshake and each of its answers
 */
record AdapterOptions(
    int confirmations,
    Timing timing,
    Duration poll,
    Duration rpcTimeout,
    int scanBlocks,
    int feeTargetBlocks,
    long fallbackFee,
    long maxFee,
    List<PeerAddress> peers,
    Duration peerTimeout) {
  static final String HEADERS_SOURCE = "headers.source";
  static final String HEADERS_PEERS = "headers.peers";

  private static final String SOURCE_RPC = "rpc";
  private static final String SOURCE_P2P = "p2p";

  AdapterOptions {
    peers = List.copyOf(peers);
  }

  /** An option that is a number. */
  enum Key {
    CONFIRMATIONS(1, 144, "blocks that make a block final, the block itself included"),
    TIMING_LOCK(1, 1_209_600, "seconds from broadcast to inclusion of a lock"),
    TIMING_CLAIM(1, 1_209_600, "seconds from broadcast to inclusion of a claim"),
    TIMING_REFUND(1, 1_209_600, "seconds from expiry to inclusion of a refund"),
    TIMING_IRREVERSIBLE(1, 1_209_600, "seconds from inclusion to final"),
    TIMING_SEEN(1, 86_400, "seconds until an included transaction is seen"),
    TIMING_CLOCK_SKEW(0, 86_400, "seconds by which median time past may be off beyond its lag"),
    POLL_MILLIS(50, 60_000, "milliseconds between looks at the tip"),
    RPC_TIMEOUT_MILLIS(100, 120_000, "milliseconds for one call"),
    SCAN_BLOCKS(
        100, 20_160, "blocks searched backwards for a newly watched script; covers every outage"),
    FEE_TARGET_BLOCKS(1, 144, "confirmation target given to the fee estimator"),
    FEE_FALLBACK(1, 1_000, "satoshi per virtual byte when the node has no estimate"),
    FEE_MAX(1, 5_000, "satoshi per virtual byte that is never exceeded"),
    HEADERS_TIMEOUT_MILLIS(
        100, 120_000, "milliseconds for a peer's connection, handshake and each answer");

    private final long min;
    private final long max;
    private final String meaning;

    Key(long min, long max, String meaning) {
      this.min = min;
      this.max = max;
      this.meaning = meaning;
    }

    /** As it stands in the configuration: {@code timing.clock-skew}. */
    String key() {
      String lower = name().toLowerCase(Locale.ROOT);
      int group = lower.indexOf('_');
      return switch (this) {
        case CONFIRMATIONS -> lower;
        default -> lower.substring(0, group) + "." + lower.substring(group + 1).replace('_', '-');
      };
    }

    private long read(ChainConfig config, long absent, long least) {
      return config.option(key()).map(text -> parse(text, Math.max(min, least))).orElse(absent);
    }

    private long parse(String text, long least) {
      if (!text.matches("0|[1-9][0-9]{0,9}")) {
        throw bad(key() + " is a decimal integer");
      }
      long value = Long.parseLong(text);
      if (value < least || value > max) {
        throw bad(key() + " is " + least + ".." + max + ", not " + value);
      }
      return value;
    }
  }

  static List<ConfigKey> describe() {
    List<ConfigKey> keys = new ArrayList<>();
    for (Key key : Key.values()) {
      keys.add(new ConfigKey(key.key(), false, key.meaning + ", " + key.min + ".." + key.max));
    }
    keys.add(
        new ConfigKey(
            HEADERS_SOURCE,
            false,
            "rpc: headers as the endpoints agree on them; p2p: from headers.peers, verified here,"
                + " the chain with the most work (not for signet)"));
    keys.add(
        new ConfigKey(
            HEADERS_PEERS,
            false,
            "host:port of nodes' P2P ports, separated by commas, 1.."
                + PeerAddress.MAX_PEERS
                + "; at least "
                + UtxoNetwork.MIN_ENDPOINTS
                + " where coins are worth something"));
    return keys;
  }

  /**
   * @throws AdapterException with BAD_CONFIG for an unknown key or a value out of range
   */
  static AdapterOptions parse(ChainConfig config, UtxoNetwork network) {
    for (String given : config.options().keySet()) {
      boolean text = given.equals(HEADERS_SOURCE) || given.equals(HEADERS_PEERS);
      if (!text && Arrays.stream(Key.values()).noneMatch(key -> key.key().equals(given))) {
        throw bad("unknown option " + given);
      }
    }
    boolean test = network.isTest();
    boolean regtest = network.timing().lock() < 60;
    int floor = test ? 1 : network.confirmations();
    int confirmations = (int) Key.CONFIRMATIONS.read(config, network.confirmations(), floor);
    long maxFee = Key.FEE_MAX.read(config, 500, 1);
    long fallback = Key.FEE_FALLBACK.read(config, Math.min(10, maxFee), 1);
    if (fallback > maxFee) {
      throw bad("fee.fallback is above fee.max");
    }
    return new AdapterOptions(
        confirmations,
        timing(config, network, confirmations),
        Duration.ofMillis(Key.POLL_MILLIS.read(config, regtest ? 200 : 5_000, 1)),
        Duration.ofMillis(Key.RPC_TIMEOUT_MILLIS.read(config, 20_000, 1)),
        (int) Key.SCAN_BLOCKS.read(config, 604_800 / network.family().blockSeconds(), 1),
        (int) Key.FEE_TARGET_BLOCKS.read(config, 3, 1),
        fallback,
        maxFee,
        peers(config, network),
        Duration.ofMillis(Key.HEADERS_TIMEOUT_MILLIS.read(config, 20_000, 1)));
  }

  private static List<PeerAddress> peers(ChainConfig config, UtxoNetwork network) {
    String source = config.option(HEADERS_SOURCE).orElse(SOURCE_RPC);
    Optional<String> given = config.option(HEADERS_PEERS);
    if (!source.equals(SOURCE_P2P)) {
      if (!source.equals(SOURCE_RPC) || given.isPresent()) {
        throw bad(HEADERS_SOURCE + " is rpc or, with " + HEADERS_PEERS + ", p2p");
      }
      return List.of();
    }
    if (PeerNetwork.magic(network).isEmpty()) {
      throw bad("peers of " + network.displayName() + " do not show that blocks are solved");
    }
    List<PeerAddress> peers =
        PeerAddress.parse(given.orElseThrow(() -> bad(HEADERS_PEERS + " is missing")));
    int least = network.isTest() ? 1 : UtxoNetwork.MIN_ENDPOINTS;
    if (peers.size() < least) {
      throw bad(network.displayName() + " needs at least " + least + " peers");
    }
    return peers;
  }

  private static Timing timing(ChainConfig config, UtxoNetwork network, int confirmations) {
    Timing declared = network.timing();
    boolean test = network.isTest();
    // more confirmations take longer; fewer are only possible where coins are worth nothing
    long irreversible =
        Math.ceilDiv(
            declared.irreversible() * Math.max(confirmations, network.confirmations()),
            network.confirmations());
    return new Timing(
        read(Key.TIMING_LOCK, config, declared.lock(), test),
        read(Key.TIMING_CLAIM, config, declared.claim(), test),
        read(Key.TIMING_REFUND, config, declared.refund(), test),
        read(Key.TIMING_IRREVERSIBLE, config, irreversible, test),
        read(Key.TIMING_SEEN, config, declared.seen(), test),
        read(Key.TIMING_CLOCK_SKEW, config, declared.clockSkew(), test),
        declared.softExpiry());
  }

  private static long read(Key key, ChainConfig config, long declared, boolean test) {
    return key.read(config, declared, test ? 0 : declared);
  }

  private static AdapterException bad(String detail) {
    return new AdapterException(AdapterError.BAD_CONFIG, detail);
  }
}
