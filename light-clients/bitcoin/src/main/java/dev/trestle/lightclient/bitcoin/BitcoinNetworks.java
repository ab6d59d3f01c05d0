package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.script.AddressFormat;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The networks we know (Bitcoin Core 29 and Litecoin Core 0.21, {@code chainparams.cpp}). All
 * signets have one genesis block: what tells them apart is their {@link SignetChallenge}. Headers
 * alone do not show that it is solved (BIP-325), and their proof of work is cheap, so that a client
 * of a signet asks for {@link SignetHeader}s. No test network is for value.
 */
public final class BitcoinNetworks {
  private static final Hash32 BITCOIN_GENESIS_ROOT =
      Hash32.fromReversedHex("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
  private static final Hash32 TESTNET4_GENESIS_ROOT =
      Hash32.fromReversedHex("7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e");
  private static final Hash32 LITECOIN_GENESIS_ROOT =
      Hash32.fromReversedHex("97ddfbbae6be97fd6cdf3e7ca13232a3afff2353e29badfab7f73011edd4ced9");
  private static final BigInteger REGTEST_LIMIT = ones(255);
  private static final long BITCOIN_SPACING = 600;
  private static final long LITECOIN_SPACING = 150;
  private static final int INTERVAL = 2016;
  private static final long TWO_HOURS = 7_200;
  private static final int SEGWIT_VERSION = 0x2000_0000;
  private static final AddressFormat TESTNET = new AddressFormat("tb", 111, 196);

  public static final ChainParameters BITCOIN_MAINNET =
      new ChainParameters(
          "bitcoin-mainnet",
          PowHash.SHA256D,
          genesis(BITCOIN_GENESIS_ROOT, 1_231_006_505L, 0x1d00_ffffL, 2_083_236_893L),
          bitcoin(ones(224), false, false),
          floors(Map.of(227_931L, 2, 363_725L, 3, 388_381L, 4)),
          new AddressFormat("bc", 0, 5),
          0,
          TWO_HOURS);

  public static final ChainParameters BITCOIN_TESTNET3 =
      new ChainParameters(
          "bitcoin-testnet3",
          PowHash.SHA256D,
          genesis(BITCOIN_GENESIS_ROOT, 1_296_688_602L, 0x1d00_ffffL, 414_098_458L),
          bitcoin(ones(224), true, false),
          floors(Map.of(21_111L, 2, 330_776L, 3, 581_885L, 4)),
          TESTNET,
          1,
          TWO_HOURS);

  public static final ChainParameters BITCOIN_TESTNET4 =
      new ChainParameters(
          "bitcoin-testnet4",
          PowHash.SHA256D,
          genesis(TESTNET4_GENESIS_ROOT, 1_714_777_860L, 0x1d00_ffffL, 393_743_547L),
          bitcoin(ones(224), true, true),
          floors(Map.of(1L, 4)),
          TESTNET,
          1,
          TWO_HOURS);

  public static final ChainParameters BITCOIN_SIGNET =
      new ChainParameters(
          "bitcoin-signet",
          PowHash.SHA256D,
          genesis(BITCOIN_GENESIS_ROOT, 1_598_918_400L, 0x1e03_77aeL, 52_613_770L),
          bitcoin(BigInteger.valueOf(0x377ae).shiftLeft(216), false, false),
          floors(Map.of(1L, 4)),
          TESTNET,
          1,
          TWO_HOURS);

  public static final ChainParameters BITCOIN_REGTEST =
      new ChainParameters(
          "bitcoin-regtest",
          PowHash.SHA256D,
          genesis(BITCOIN_GENESIS_ROOT, 1_296_688_602L, 0x207f_ffffL, 2),
          regtest(BITCOIN_SPACING, false),
          floors(Map.of(1L, 4)),
          new AddressFormat("bcrt", 111, 196),
          1,
          0);

  public static final ChainParameters LITECOIN_MAINNET =
      new ChainParameters(
          "litecoin-mainnet",
          PowHash.SCRYPT,
          genesis(LITECOIN_GENESIS_ROOT, 1_317_972_665L, 0x1e0f_fff0L, 2_084_524_493L),
          litecoin(false),
          floors(Map.of(710_000L, 2, 811_879L, 3, 918_684L, 4, 1_201_536L, SEGWIT_VERSION)),
          new AddressFormat("ltc", 48, 50),
          2,
          TWO_HOURS);

  public static final ChainParameters LITECOIN_TESTNET4 =
      new ChainParameters(
          "litecoin-testnet4",
          PowHash.SCRYPT,
          genesis(LITECOIN_GENESIS_ROOT, 1_486_949_366L, 0x1e0f_fff0L, 293_345),
          litecoin(true),
          floors(Map.of(76L, 4, 6_048L, SEGWIT_VERSION)),
          new AddressFormat("tltc", 111, 58),
          1,
          TWO_HOURS);

  public static final ChainParameters LITECOIN_REGTEST =
      new ChainParameters(
          "litecoin-regtest",
          PowHash.SCRYPT,
          genesis(LITECOIN_GENESIS_ROOT, 1_296_688_602L, 0x207f_ffffL, 0),
          regtest(LITECOIN_SPACING, true),
          floors(Map.of(1L, SEGWIT_VERSION)),
          new AddressFormat("rltc", 111, 58),
          1,
          0);

  private static final List<ChainParameters> ALL =
      List.of(
          BITCOIN_MAINNET,
          BITCOIN_TESTNET3,
          BITCOIN_TESTNET4,
          BITCOIN_SIGNET,
          BITCOIN_REGTEST,
          LITECOIN_MAINNET,
          LITECOIN_TESTNET4,
          LITECOIN_REGTEST);

  private BitcoinNetworks() {}

  public static List<ChainParameters> all() {
    return ALL;
  }

  /** By {@link ChainParameters#id}. */
  public static Optional<ChainParameters> byId(String id) {
    return ALL.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /** By CAIP-2 id. */
  public static Optional<ChainParameters> byChain(ChainId chain) {
    return ALL.stream().filter(each -> each.chain().equals(chain)).findFirst();
  }

  private static DifficultyParameters bitcoin(
      BigInteger limit, boolean minDifficulty, boolean bip94) {
    return new DifficultyParameters(
        limit, INTERVAL, BITCOIN_SPACING, true, minDifficulty, bip94, false);
  }

  private static DifficultyParameters litecoin(boolean minDifficulty) {
    return new DifficultyParameters(
        ones(236), INTERVAL, LITECOIN_SPACING, true, minDifficulty, false, true);
  }

  private static DifficultyParameters regtest(long spacing, boolean fullPeriod) {
    return new DifficultyParameters(
        REGTEST_LIMIT, INTERVAL, spacing, false, false, false, fullPeriod);
  }

  private static BlockHeader genesis(Hash32 root, long time, long bits, long nonce) {
    return BlockHeader.of(1, Hash32.ZERO, root, time, bits, nonce);
  }

  private static SortedMap<Long, Integer> floors(Map<Long, Integer> byHeight) {
    return new TreeMap<>(byHeight);
  }

  private static BigInteger ones(int bits) {
    return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
  }
}
