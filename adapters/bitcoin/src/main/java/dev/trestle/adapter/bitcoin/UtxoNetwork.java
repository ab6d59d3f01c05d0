package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
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
enum UtxoNetwork {
  BITCOIN(
      Family.BITCOIN,
      "Bitcoin",
      "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
      new AddressForm("bc", 0x00, 0x05),
      false,
      6,
      Times.BITCOIN),
  BITCOIN_TESTNET3(
      Family.BITCOIN,
      "Bitcoin testnet3",
      "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
      AddressForm.BITCOIN_TEST,
      true,
      6,
      Times.BITCOIN),
  BITCOIN_TESTNET4(
      Family.BITCOIN,
      "Bitcoin testnet4",
      "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
      AddressForm.BITCOIN_TEST,
      true,
      6,
      Times.BITCOIN),
  BITCOIN_SIGNET(
      Family.BITCOIN,
      "Bitcoin signet",
      "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
      AddressForm.BITCOIN_TEST,
      true,
      6,
      Times.BITCOIN),
  BITCOIN_REGTEST(
      Family.BITCOIN,
      "Bitcoin regtest",
      "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
      new AddressForm("bcrt", 0x6f, 0xc4),
      true,
      2,
      Times.REGTEST),
  LITECOIN(
      Family.LITECOIN,
      "Litecoin",
      "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
      // the older script-hash form 0x05 is Bitcoin's too and therefore refused
      new AddressForm("ltc", 0x30, 0x32),
      false,
      12,
      Times.LITECOIN),
  LITECOIN_TESTNET(
      Family.LITECOIN,
      "Litecoin testnet",
      "4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
      new AddressForm("tltc", 0x6f, 0x3a),
      true,
      12,
      Times.LITECOIN),
  LITECOIN_REGTEST(
      Family.LITECOIN,
      "Litecoin regtest",
      "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
      new AddressForm("rltc", 0x6f, 0x3a),
      true,
      2,
      Times.REGTEST);

  /** CAIP-2 namespace of chains that a genesis block hash names. */
  static final String NAMESPACE = "bip122";

  /** SLIP-44: all test networks share one coin type. */
  private static final int TEST_SLIP44 = 1;

  /** Smallest number of endpoints on a network whose coins are worth something. */
  static final int MIN_ENDPOINTS = 3;

  private final Family family;
  private final String displayName;
  private final Hash32 genesis;
  private final AddressForm addresses;
  private final boolean test;
  private final int confirmations;
  private final Timing timing;

  UtxoNetwork(
      Family family,
      String displayName,
      String genesis,
      AddressForm addresses,
      boolean test,
      int confirmations,
      Timing timing) {
    this.family = family;
    this.displayName = displayName;
    this.genesis = Hash32.fromReversedHex(genesis);
    this.addresses = addresses;
    this.test = test;
    this.confirmations = confirmations;
    this.timing = timing;
  }

  /** The network whose genesis block {@code chain} names. */
  static Optional<UtxoNetwork> of(ChainId chain) {
    return Arrays.stream(values()).filter(each -> each.chain().equals(chain)).findFirst();
  }

  /** CAIP-2: the first 32 hex digits of the genesis hash as people see it. */
  ChainId chain() {
    return new ChainId(NAMESPACE, genesis.toReversedHex().substring(0, 32));
  }

  AssetId coin() {
    return AssetId.nativeCoin(chain(), test ? TEST_SLIP44 : family.slip44);
  }

  Family family() {
    return family;
  }

  String displayName() {
    return displayName;
  }

  Hash32 genesis() {
    return genesis;
  }

  /** Whether coins here are worth nothing. */
  boolean isTest() {
    return test;
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
    return new AddressNetwork(family, addresses);
  }

  /** What all networks of one kind share. */
  enum Family {
    BITCOIN("bitcoin", 0, 600, 21_000_000L, 3, 10_000),
    // Litecoin's dust relay fee is ten times Bitcoin's
    LITECOIN("litecoin", 2, 150, 84_000_000L, 30, 50_000);

    private final String id;
    private final int slip44;
    private final int blockSeconds;
    private final long maxMoney;
    private final int dustRelayFee;
    private final long smallestLock;

    Family(
        String id,
        int slip44,
        int blockSeconds,
        long maxCoins,
        int dustRelayFee,
        long smallestLock) {
      this.id = id;
      this.slip44 = slip44;
      this.blockSeconds = blockSeconds;
      this.maxMoney = maxCoins * 100_000_000L;
      this.dustRelayFee = dustRelayFee;
      this.smallestLock = smallestLock;
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

    /** Smallest hash-time-lock, satoshi: a claim at 50 sat/vB still leaves more than dust. */
    long smallestLock() {
      return smallestLock;
    }
  }

  /**
   * @param hrp human-readable part of segwit addresses
   */
  private record AddressForm(String hrp, int publicKeyHash, int scriptHash) {
    static final AddressForm BITCOIN_TEST = new AddressForm("tb", 0x6f, 0xc4);
  }

  private record AddressNetwork(Family family, AddressForm form) implements Network {
    @Override
    public String id() {
      return family.id + "." + form.hrp();
    }

    @Override
    public int legacyAddressHeader() {
      return form.publicKeyHash();
    }

    @Override
    public int legacyP2SHHeader() {
      return form.scriptHash();
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
    static final Timing BITCOIN =
        new Timing(11_460, 11_460, 17_880, 7_080, 900, 1_800, true);
    static final Timing LITECOIN = new Timing(2_865, 2_865, 4_470, 3_270, 300, 1_800, true);
    // blocks are made on demand, one every second or two
    static final Timing REGTEST = new Timing(10, 10, 20, 10, 3, 5, true);

    private Times() {}
  }
}
