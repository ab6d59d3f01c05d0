package dev.trestle.lightclient.bench.bitcoin;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.DifficultyParameters;
import dev.trestle.lightclient.bitcoin.DifficultyRule;
import dev.trestle.lightclient.bitcoin.PowHash;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.TreeMap;

/**
 * A long chain under mainnet's rules, but with an easy target: 16 hashes a block in the beginning.
 * Its blocks are 600 seconds apart, so that every retarget makes it a little harder: a period is
 * measured over 2,015 of its 2,016 block times.
 */
final class SyntheticChain {
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(252).subtract(BigInteger.ONE);
  private static final long START = 1_231_006_505L;

  static final ChainParameters NETWORK = network();

  private SyntheticChain() {}

  private static ChainParameters network() {
    DifficultyParameters difficulty =
        new DifficultyParameters(LIMIT, 2_016, 600, true, false, false, false);
    long bits = difficulty.powLimitBits();
    long nonce = 0;
    BlockHeader genesis;
    do {
      genesis = BlockHeader.of(4, Hash32.ZERO, Hash32.ZERO, START, bits, nonce++);
    } while (!meets(genesis.id().toArray(), LIMIT));
    TreeMap<Long, Integer> floors = new TreeMap<>();
    floors.put(227_931L, 2);
    floors.put(363_725L, 3);
    floors.put(388_381L, 4);
    return new ChainParameters(
        "synthetic",
        PowHash.SHA256D,
        genesis,
        difficulty,
        floors,
        BitcoinNetworks.BITCOIN_MAINNET.addresses(),
        0,
        0);
  }

  private static boolean meets(byte[] hash, BigInteger target) {
    return (hash[31] & 0xf0) == 0
        && new BigInteger(1, Hash32.of(hash).bytes().reverse().toArray()).compareTo(target) <= 0;
  }

  /** Writes the headers from height 1 to {@code count}. */
  static void write(int count, OutputStream out) throws IOException {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      ByteBuffer header = ByteBuffer.allocate(BlockHeader.SIZE).order(ByteOrder.LITTLE_ENDIAN);
      byte[] id = NETWORK.genesis().id().toArray();
      DifficultyRule rule = new DifficultyRule(NETWORK.difficulty());
      long bits = NETWORK.difficulty().powLimitBits();
      BigInteger target = LIMIT;
      for (int height = 1; height <= count; height++) {
        if (height % 2_016 == 0) {
          bits = rule.retarget(bits, 2_015 * 600);
          target = CompactTarget.decode(bits).orElseThrow();
        }
        header.putInt(0, 4);
        header.put(4, id);
        header.putInt(36, height);
        header.putInt(68, (int) (START + 600L * height));
        header.putInt(72, (int) bits);
        int nonce = 0;
        do {
          header.putInt(76, nonce++);
          id = sha256.digest(sha256.digest(header.array()));
        } while (!meets(id, target));
        out.write(header.array());
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
