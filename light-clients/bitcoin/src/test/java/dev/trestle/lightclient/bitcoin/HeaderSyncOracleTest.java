package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.sync.HeaderSync;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two implementations of the same rules, the client of the relay chain and the fast one, agree on
 * random trees of headers: right ones, and ones with each rule broken, under every network's rules.
 */
class HeaderSyncOracleTest {
  private static final int STEPS = 1_500;
  private static final int DEPTH = 12;
  private static final int INTERVAL = 20;

  private final TreeMap<String, Integer> verdicts = new TreeMap<>();

  private static ChainParameters network(boolean minDifficulty, boolean bip94, boolean full) {
    DifficultyParameters difficulty =
        new DifficultyParameters(
            BigInteger.ONE.shiftLeft(252).subtract(BigInteger.ONE),
            INTERVAL,
            600,
            true,
            minDifficulty,
            bip94,
            full);
    BlockHeader genesis =
        mined(Hash32.ZERO, 1_700_000_000L, difficulty.powLimitBits(), 1, new Random(1));
    TreeMap<Long, Integer> floors = new TreeMap<>();
    floors.put(50L, 2);
    floors.put(120L, 4);
    return new ChainParameters(
        "synthetic",
        PowHash.SHA256D,
        genesis,
        difficulty,
        floors,
        BitcoinNetworks.BITCOIN_REGTEST.addresses(),
        1,
        0);
  }

  private static BlockHeader mined(
      Hash32 parent, long time, long bits, int version, Random random) {
    Hash32 root = Digests.sha256(Bytes.utf8("root " + random.nextLong()));
    BigInteger target = CompactTarget.decode(bits).orElse(BigInteger.ONE.shiftLeft(250));
    for (long nonce = 0; ; nonce++) {
      BlockHeader header = BlockHeader.of(version, parent, root, time, bits, nonce);
      if (new BigInteger(1, header.id().bytes().reverse().toArray()).compareTo(target) <= 0) {
        return header;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, false, 11",
    "true, false, false, 12",
    "true, true, false, 13",
    "false, false, true, 14",
    "true, false, true, 15"
  })
  void bothSayTheSame(boolean minDifficulty, boolean bip94, boolean full, long seed) {
    System.out.println("HeaderSyncOracleTest seed " + seed);
    Random random = new Random(seed);
    ChainParameters network = network(minDifficulty, bip94, full);
    TestClient client =
        TestClient.atGenesis(
            network, new ClientSettings("synthetic", DEPTH, 4_032, BigInteger.ZERO));
    HeaderSync sync = HeaderSync.fromGenesis(network, DEPTH);
    DifficultyRule rule = new DifficultyRule(network.difficulty());
    List<StoredHeader> known = new ArrayList<>(List.of(sync.stored(0).orElseThrow()));
    HeaderRules rules = new HeaderRules(network);
    for (int step = 0; step < STEPS; step++) {
      int back = random.nextInt(10) < 7 ? 1 : 1 + random.nextInt(Math.min(known.size(), 40));
      StoredHeader parent = known.get(known.size() - Math.min(back, known.size()));
      BlockHeader header = child(parent, rule, random);
      long now = parent.header().time() + 10_000;
      String expected = client.feed(List.of(header), now);
      Verdict<Integer> fast = sync.add(header.raw(), now);
      String found = fast.equals(Verdict.accept(0)) ? "nothing-new" : TestClient.code(fast);
      // The fast one forgets side branches that are too deep to come back.
      if (expected.equals("reorg-too-deep") && found.equals("bad-prev")) {
        found = expected;
      }
      assertThat(found).as("step %d, %s", step, header).isEqualTo(expected);
      assertThat(sync.head().id()).isEqualTo(client.tip());
      assertThat(sync.chainWork()).isEqualTo(client.work());
      verdicts.merge(expected, 1, Integer::sum);
      if (expected.equals("accepted")) {
        known.add(rules.check(parent, header, HeaderRules.NO_CLOCK).orThrow());
      }
    }
    long height = sync.head().height();
    for (long at = Math.max(0, height - 60); at <= height; at++) {
      assertThat(sync.stored(at)).isEqualTo(new HeaderStore(client.view()).bestHeader(at));
    }
    System.out.println(
        verdicts + ", height " + height + ", deepest reorganisation " + sync.deepestReorg());
    assertThat(sync.deepestReorg()).isPositive();
    assertThat(verdicts)
        .containsKeys(
            "accepted",
            "bad-diffbits",
            "high-hash",
            "time-too-old",
            "time-too-new",
            "bad-version",
            "bad-prev",
            "reorg-too-deep");
  }

  /** Right in six of ten cases; else one rule is broken. */
  private static BlockHeader child(StoredHeader parent, DifficultyRule rule, Random random) {
    // One period in three is too fast, the others too slow: targets change, but stay easy.
    boolean fast = parent.height() / INTERVAL % 3 == 0;
    int step = random.nextInt(fast ? 900 : 2_600) - 200;
    long time = Math.max(parent.medianTimePast() + 1, parent.header().time() + step);
    int version = 4 + random.nextInt(3);
    Hash32 previous = parent.header().id();
    int flaw = random.nextInt(20);
    switch (flaw) {
      case 0 -> time = parent.medianTimePast() - random.nextInt(2);
      case 1 -> time = parent.header().time() + 17_201 + random.nextInt(100);
      case 2 -> version = 1;
      case 3 -> previous = Digests.sha256(Bytes.utf8("nobody " + random.nextLong()));
      case 4 -> time = parent.medianTimePast() + 1;
      default -> {}
    }
    long bits = rule.nextBits(parent, time);
    if (flaw == 5) {
      bits += random.nextBoolean() ? 1 : -1;
    }
    BlockHeader header = mined(previous, time, bits, version, random);
    if (flaw == 6) {
      byte[] raw = header.raw().toArray();
      raw[76] ^= (byte) (1 + random.nextInt(255));
      return BlockHeader.of(Bytes.wrap(raw));
    }
    return header;
  }
}
