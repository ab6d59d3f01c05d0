package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.script.AddressFormat;
import java.util.Arrays;
import java.util.Optional;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Monetary;
import org.bitcoinj.base.Network;

/**
 * The networks that this module serves, with what must be known of each: genesis, address forms,
 * policy constants and declared times. Times are Poisson quantiles at 1e-6 for the default
 * confirmations: inclusion in 3 blocks; a refund additionally waits until the median time past
 * (BIP-113) reaches the expiry, 6 blocks.
 */
@SuppressWarnings(
    "ImmutableEnumChecker") // records of values; they carry no annotation that says so
enum UtxoNetwork {
  BITCOIN(Family.BITCOIN, "Bitcoin", BitcoinNetworks.BITCOIN_MAINNET, 6, Times.BITCOIN),
  BITCOIN_TESTNET3(
      Family.BITCOIN, "Bitcoin testnet3", BitcoinNetworks.BITCOIN_TESTNET3, 6, Times.BITCOIN),
  BITCOIN_TESTNET4(
      Family.BITCOIN, "Bitcoin testnet4", BitcoinNetworks.BITCOIN_TESTNET4, 6, Times.BITCOIN),
  BITCOIN_SIGNET(
      Family.BITCOIN, "Bitcoin signet", BitcoinNetworks.BITCOIN_SIGNET, 6, Times.BITCOIN),
  BITCOIN_REGTEST(
      Family.BITCOIN, "Bitcoin regtest", BitcoinNetworks.BITCOIN_REGTEST, 2, Times.REGTEST),
  LITECOIN(Family.LITECOIN, "Litecoin", BitcoinNetworks.LITECOIN_MAINNET, 12, Times.LITECOIN),
  LITECOIN_TESTNET(
      Family.LITECOIN, "Litecoin testnet", BitcoinNetworks.LITECOIN_TESTNET4, 12, Times.LITECOIN),
  LITECOIN_REGTEST(
      Family.LITECOIN, "Litecoin regtest", BitcoinNetworks.LITECOIN_REGTEST, 2, Times.REGTEST);

  /** CAIP-2 namespace of chains that a genesis block hash names. */
  static final String NAMESPACE = "bip122";

  /** Smallest number of endpoints on a network whose coins are worth something. */
  static final int MIN_ENDPOINTS = 3;

  private final Family family;
  private final String displayName;
  private final ChainParameters parameters;
  private final int confirmations;
  private final Timing timing;

  UtxoNetwork(
      Family family,
      String displayName,
      ChainParameters parameters,
      int confirmations,
      Timing timing) {
    this.family = family;
    this.displayName = displayName;
    this.parameters = parameters;
    this.confirmations = confirmations;
    this.timing = timing;
  }

  /** The network whose genesis block {@code chain} names. */
  static Optional<UtxoNetwork> of(ChainId chain) {
    return Arrays.stream(values()).filter(each -> each.chain().equals(chain)).findFirst();
  }

  /** CAIP-2: the first 32 hex digits of the genesis hash as people see it. */
  ChainId chain() {
    return parameters.chain();
  }

  ChainParameters parameters() {
    return parameters;
  }

  AssetId coin() {
    return AssetId.nativeCoin(chain(), parameters.slip44());
  }

  Family family() {
    return family;
  }

  String displayName() {
    return displayName;
  }

  Hash32 genesis() {
    return parameters.genesis().id();
  }

  /** Whether coins here are worth nothing. */
  boolean isTest() {
    return this != BITCOIN && this != LITECOIN;
  }

  /** Confirmations, the block itself included, that make a block final by default. */
  int confirmations() {
    return confirmations;
  }

  Timing timing() {
    return timing;
  }

  /** The same for bitcoinj's address classes. */
  Network addressNetwork() {
    return new AddressNetwork(family, parameters.addresses());
  }

  /** What all networks of one kind share. */
  enum Family {
    BITCOIN("bitcoin", 600, 21_000_000L, 3, 10_000, true),
    // Litecoin's dust relay fee is ten times Bitcoin's, and its nodes replace nothing by default
    LITECOIN("litecoin", 150, 84_000_000L, 30, 50_000, false);

    private final String id;
    private final int blockSeconds;
    private final long maxMoney;
    private final int dustRelayFee;
    private final long smallestLock;
    private final boolean replacement;

    Family(
        String id,
        int blockSeconds,
        long maxCoins,
        int dustRelayFee,
        long smallestLock,
        boolean replacement) {
      this.id = id;
      this.blockSeconds = blockSeconds;
      this.maxMoney = maxCoins * 100_000_000L;
      this.dustRelayFee = dustRelayFee;
      this.smallestLock = smallestLock;
      this.replacement = replacement;
    }

    /** Adapter id and URI scheme. */
    String id() {
      return id;
    }

    int blockSeconds() {
      return blockSeconds;
    }

    /** No output can hold more, satoshi. */
    long maxMoney() {
      return maxMoney;
    }

    /** Satoshi per virtual byte at which an output that costs more to spend is dust. */
    int dustRelayFee() {
      return dustRelayFee;
    }

    /** Whether nodes by default let a waiting transaction be replaced by one that pays more. */
    boolean replacement() {
      return replacement;
    }

    /** Smallest hash-time-lock, satoshi: a claim at 50 sat/vB still leaves more than dust. */
    long smallestLock() {
      return smallestLock;
    }
  }

  /** The form that bitcoinj reads. */
  private record AddressNetwork(Family family, AddressFormat form) implements Network {
    @Override
    public String id() {
      return family.id + "." + form.hrp();
    }

    @Override
    public int legacyAddressHeader() {
      return form.pubKeyHashVersion();
    }

    @Override
    public int legacyP2SHHeader() {
      return form.scriptHashVersion();
    }

    @Override
    public String segwitAddressHrp() {
      return form.hrp();
    }

    @Override
    public String uriScheme() {
      return family.id;
    }

    @Override
    public boolean hasMaxMoney() {
      return true;
    }

    @Override
    public Monetary maxMoney() {
      return Coin.valueOf(family.maxMoney);
    }

    @Override
    public boolean exceedsMaxMoney(Monetary monetary) {
      return monetary.getValue() > family.maxMoney;
    }
  }

  /** Declared worst-case times, seconds (research: atomic swaps, 2.3). */
  private static final class Times {
    static final Timing BITCOIN = new Timing(11_460, 11_460, 17_880, 7_080, 900, 1_800, true);
    static final Timing LITECOIN = new Timing(2_865, 2_865, 4_470, 3_270, 300, 1_800, true);
    // blocks are made on demand, one every second or two
    static final Timing REGTEST = new Timing(10, 10, 20, 10, 3, 5, true);

    private Times() {}
  }
}
