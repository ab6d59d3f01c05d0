package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.bitcoin.sync.HeaderSync;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The client of the relay chain and the fast one, fed with the headers that bytes describe, five a
 * header: how far back its parent is, two of time, one of flaws, one of salt.
 */
final class TwoClients {
  private static final int STEP = 5;
  private static final int MAX_STEPS = 40;
  private static final int DEPTH = 6;
  private static final ChainParameters NETWORK = network();

  private final TestClient client =
      TestClient.atGenesis(NETWORK, new ClientSettings("synthetic", DEPTH, 4_032, BigInteger.ZERO));
  private final HeaderSync fast = HeaderSync.fromGenesis(NETWORK, DEPTH);
  private final HeaderRules rules = new HeaderRules(NETWORK);
  private final DifficultyRule difficulty = new DifficultyRule(NETWORK.difficulty());
  private final List<StoredHeader> known = new ArrayList<>(List.of(fast.stored(0).orElseThrow()));

  private static ChainParameters network() {
    DifficultyParameters difficulty =
        new DifficultyParameters(
            BigInteger.ONE.shiftLeft(254).subtract(BigInteger.ONE),
            8,
            600,
            true,
            true,
            true,
            false);
    BlockHeader genesis = mined(Hash32.ZERO, 1_700_000_000L, difficulty.powLimitBits(), 4, 0);
    TreeMap<Long, Integer> floors = new TreeMap<>();
    floors.put(20L, 2);
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

  private static BlockHeader mined(Hash32 parent, long time, long bits, int version, long salt) {
    BigInteger target = CompactTarget.decode(bits).orElse(BigInteger.ONE.shiftLeft(250));
    for (long nonce = salt << 24; ; nonce++) {
      BlockHeader header =
          BlockHeader.of(version, parent, Hash32.ZERO, time & 0xffff_ffffL, bits, nonce);
      if (new BigInteger(1, header.id().bytes().reverse().toArray()).compareTo(target) <= 0) {
        return header;
      }
    }
  }

  /**
   * @throws AssertionError if the two do not agree on a verdict, the tip or its work
   */
  void play(Bytes steps) {
    for (int at = 0; at + STEP <= steps.size() && at < STEP * MAX_STEPS; at += STEP) {
      int back = steps.at(at) % Math.min(known.size(), 2 * DEPTH);
      StoredHeader parent = known.get(known.size() - 1 - back);
      BlockHeader header = child(parent, steps.slice(at, at + STEP));
      long now = parent.header().time() + 10_000;
      String expected = client.feed(List.of(header), now);
      Verdict<Integer> verdict = fast.add(header.raw(), now);
      String found = verdict.equals(Verdict.accept(0)) ? "nothing-new" : TestClient.code(verdict);
      // The fast one forgets side branches that are too deep to come back.
      boolean forgotten = expected.equals("reorg-too-deep") && found.equals("bad-prev");
      if ((!found.equals(expected) && !forgotten)
          || !fast.head().id().equals(client.tip())
          || !fast.chainWork().equals(client.work())) {
        throw new AssertionError(header + ": " + expected + ", the fast one says " + found);
      }
      if (expected.equals("accepted")) {
        known.add(rules.check(parent, header, HeaderRules.NO_CLOCK).orThrow());
      }
    }
  }

  private BlockHeader child(StoredHeader parent, Bytes step) {
    long time = Math.max(0, parent.header().time() + ((step.at(1) << 8 | step.at(2)) - 20_000));
    int flaws = step.at(3);
    Hash32 previous = (flaws & 1) == 0 ? parent.header().id() : Hash32.ZERO;
    long bits = difficulty.nextBits(parent, time) + (flaws >> 1 & 1);
    int version = (flaws & 4) == 0 ? 4 : 1;
    return mined(previous, time, bits, version, step.at(4));
  }
}
