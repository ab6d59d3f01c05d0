package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keys of one party. A wallet key pays locks and fees of a chain; it is given from outside or
 * derived from the seed. A fresh key of one swap is derived from the seed and the swap's hash.
 */
public final class SwapKeys {
  /** Where a wallet key comes from that is not derived from the seed. */
  static final String EXTERNAL = "external-wallet";

  private final Bytes seed;
  private final Map<ChainId, SecretKey> wallets;

  /**
   * @param seed of every key that {@code wallets} does not give, 16 bytes or more
   */
  public SwapKeys(Bytes seed, Map<ChainId, SecretKey> wallets) {
    this.seed = seed;
    this.wallets = new TreeMap<>(wallets);
  }

  /** A key and how to find it again. */
  record Held(SecretKey key, String path) {}

  /** The key that pays locks and fees on {@code chain}. */
  public SecretKey wallet(ChainId chain) {
    return walletHeld(chain).key();
  }

  private Held walletHeld(ChainId chain) {
    SecretKey given = wallets.get(chain);
    String path = walletPath(chain);
    return given != null ? new Held(given, EXTERNAL) : new Held(Secrets.keyAt(seed, path), path);
  }

  Held fresh(ChainId chain, Hash32 hash) {
    String path = "htlc/swap/" + hash + "/" + chain;
    return new Held(Secrets.keyAt(seed, path), path);
  }

  static String walletPath(ChainId chain) {
    return "htlc/wallet/" + chain;
  }

  /** The key that {@code identity} stands for in a lock, if this party holds it. */
  Optional<Held> find(HtlcPort port, ChainId chain, Hash32 hash, Bytes identity) {
    return List.of(walletHeld(chain), fresh(chain, hash)).stream()
        .filter(held -> port.partyKey(held.key()).equals(identity))
        .findFirst();
  }
}
