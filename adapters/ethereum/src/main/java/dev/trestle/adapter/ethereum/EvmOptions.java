package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterDescriptor.ConfigKey;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The adapter's options, checked. On chains whose coins are worth something times can be raised
 * over the declared defaults, never lowered, and reads need three endpoints.
 *
 * @param chainId EIP-155
 * @param test whether the chain's coins are worth nothing
 * @param confirmations that make a block final, itself included; empty for the finalized tag
 * @param genesis hash of block 0 that every endpoint must show
 * @param htlc the hash-time-lock contract
 * @param htlcFromBlock first block in which it can have logged anything
 * @param maxFeePerGas wei that is never exceeded
 */
record EvmOptions(
    long chainId,
    boolean test,
    OptionalInt confirmations,
    Optional<Hash32> genesis,
    Optional<EvmAddress> htlc,
    long htlcFromBlock,
    Timing timing,
    Duration poll,
    Duration rpcTimeout,
    BigInteger maxFeePerGas) {

  static final String NAMESPACE = "eip155";
  private static final String GENESIS = "genesis";
  private static final String HTLC = "htlc";
  private static final int MIN_ENDPOINTS = 3;
  private static final long DAY = 86_400;
  private static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);

  /** anvil, ganache and Hardhat; Sepolia, Holesky, Hoodi. */
  private static final Set<Long> LOCAL_CHAINS = Set.of(1337L, 31337L);

  private static final Set<Long> TEST_NETS = Set.of(11_155_111L, 17_000L, 560_048L);

  /** A number among the options. */
  private enum Key {
    CONFIRMATIONS(1, 100_000, "blocks that make a block final, for chains without finalized tag"),
    HTLC_FROM_BLOCK(0, Long.MAX_VALUE, "first block of the hash-time-lock contract"),
    FEE_MAX_GWEI(1, 100_000, "gwei per gas that is never exceeded"),
    TIMING_LOCK(0, 14 * DAY, "seconds from broadcast to inclusion of a lock"),
    TIMING_CLAIM(0, 14 * DAY, "seconds from broadcast to inclusion of a claim"),
    TIMING_REFUND(0, 14 * DAY, "seconds from expiry to inclusion of a refund"),
    TIMING_IRREVERSIBLE(0, 14 * DAY, "seconds from inclusion to final"),
    TIMING_SEEN(0, DAY, "seconds until an included transaction is seen"),
    TIMING_CLOCK_SKEW(0, DAY, "seconds by which block time may be off"),
    POLL_MILLIS(50, 60_000, "milliseconds between looks at the tip"),
    RPC_TIMEOUT_MILLIS(100, 120_000, "milliseconds for one call");

    private final long min;
    private final long max;
    private final String meaning;

    Key(long min, long max, String meaning) {
      this.min = min;
      this.max = max;
      this.meaning = meaning;
    }

    /** As it stands in the configuration: {@code timing.clock-skew}, {@code poll-millis}. */
    String key() {
      String lower = name().toLowerCase(Locale.ROOT).replace('_', '-');
      return switch (this) {
        case CONFIRMATIONS, POLL_MILLIS, RPC_TIMEOUT_MILLIS -> lower;
        case HTLC_FROM_BLOCK,
            FEE_MAX_GWEI,
            TIMING_LOCK,
            TIMING_CLAIM,
            TIMING_REFUND,
            TIMING_IRREVERSIBLE,
            TIMING_SEEN,
            TIMING_CLOCK_SKEW ->
            lower.replaceFirst("-", ".");
      };
    }

    long read(ChainConfig config, long absent, long least) {
      return config.option(key()).map(text -> parse(text, Math.max(min, least))).orElse(absent);
    }

    private long parse(String text, long least) {
      if (!text.matches("0|[1-9][0-9]{0,17}")) {
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
    List<ConfigKey> keys =
        new java.util.ArrayList<>(
            List.of(
                new ConfigKey(HTLC, false, "address of the TrestleHtlc contract"),
                new ConfigKey(GENESIS, false, "hash of block 0 that every endpoint must show")));
    Arrays.stream(Key.values())
        .map(key -> new ConfigKey(key.key(), false, key.meaning))
        .forEach(keys::add);
    return keys;
  }

  /**
   * @throws AdapterException with BAD_CONFIG for another namespace, too few endpoints, an unknown
   *     key or a value out of range
   */
  static EvmOptions parse(ChainConfig config) {
    Set<String> known = Set.copyOf(describe().stream().map(ConfigKey::name).toList());
    for (String given : config.options().keySet()) {
      if (!known.contains(given)) {
        throw bad("unknown option " + given);
      }
    }
    long chainId = chainId(config);
    boolean local = LOCAL_CHAINS.contains(chainId);
    boolean test = local || TEST_NETS.contains(chainId);
    if (config.endpoints().isEmpty() || (!test && config.endpoints().size() < MIN_ENDPOINTS)) {
      throw bad(
          "a chain of value needs at least " + MIN_ENDPOINTS + " endpoints, a test one needs 1");
    }
    OptionalInt confirmations =
        config.option(Key.CONFIRMATIONS.key()).isPresent()
            ? OptionalInt.of((int) Key.CONFIRMATIONS.read(config, 1, 1))
            : OptionalInt.empty();
    return new EvmOptions(
        chainId,
        test,
        confirmations,
        config.option(GENESIS).map(EvmOptions::hash),
        config.option(HTLC).map(Addresses::parse),
        Key.HTLC_FROM_BLOCK.read(config, 0, 0),
        timing(config, local, test),
        Duration.ofMillis(Key.POLL_MILLIS.read(config, local ? 200 : 2_000, 1)),
        Duration.ofMillis(Key.RPC_TIMEOUT_MILLIS.read(config, 20_000, 1)),
        GWEI.multiply(BigInteger.valueOf(Key.FEE_MAX_GWEI.read(config, 500, 1))));
  }

  private static Timing timing(ChainConfig config, boolean local, boolean test) {
    // proof of stake: 10 slots with rising fees, two epochs to finality and one to spare; atomic
    // swaps 2.3. Local chains make a block whenever one is asked for.
    Timing declared =
        local
            ? new Timing(5, 5, 5, 5, 2, 3, false)
            : new Timing(300, 300, 300, 1_200, 60, 30, false);
    return new Timing(
        read(Key.TIMING_LOCK, config, declared.lock(), test),
        read(Key.TIMING_CLAIM, config, declared.claim(), test),
        read(Key.TIMING_REFUND, config, declared.refund(), test),
        read(Key.TIMING_IRREVERSIBLE, config, declared.irreversible(), test),
        read(Key.TIMING_SEEN, config, declared.seen(), test),
        read(Key.TIMING_CLOCK_SKEW, config, declared.clockSkew(), test),
        false);
  }

  private static long read(Key key, ChainConfig config, long declared, boolean test) {
    return key.read(config, declared, test ? 0 : declared);
  }

  private static long chainId(ChainConfig config) {
    String reference = config.chain().reference();
    if (!config.chain().namespace().equals(NAMESPACE) || !reference.matches("[1-9][0-9]{0,17}")) {
      throw bad("an EVM chain is eip155:<chain id>, not " + config.chain());
    }
    return Long.parseLong(reference);
  }

  private static Hash32 hash(String hex) {
    if (!hex.matches("0x[0-9a-fA-F]{64}")) {
      throw bad(GENESIS + " is 0x and 64 hex digits");
    }
    return Hash32.fromHex(hex);
  }

  static AdapterException bad(String detail) {
    return new AdapterException(AdapterError.BAD_CONFIG, detail);
  }
}
