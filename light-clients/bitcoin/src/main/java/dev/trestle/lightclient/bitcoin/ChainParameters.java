package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.ChainId;
import dev.trestle.lightclient.bitcoin.script.AddressFormat;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A network as data: what its consensus and its addresses are.
 *
 * @param id our stable name, for example {@code bitcoin-mainnet}
 * @param genesis the first header
 * @param versionFloors lowest block version from a height on (BIP-34, BIP-66, BIP-65; Litecoin also
 *     BIP-141), signed
 * @param slip44 coin type (SLIP-44)
 * @param staleAfterSeconds age of the best header from which the client asks for an update; 0 is
 *     never
 */
public record ChainParameters(
    String id,
    PowHash powHash,
    BlockHeader genesis,
    DifficultyParameters difficulty,
    SortedMap<Long, Integer> versionFloors,
    AddressFormat addresses,
    int slip44,
    long staleAfterSeconds) {
  /** How far a header's time may be ahead of ours, in seconds. */
  public static final long MAX_FUTURE_SECONDS = 7_200;

  /** How far the first block of a period may be before its parent, in seconds (BIP-94). */
  public static final long MAX_TIMEWARP_SECONDS = 600;

  /** Block times whose median a new block must exceed (BIP-113 uses the same). */
  public static final int MEDIAN_TIME_SPAN = 11;

  public ChainParameters {
    versionFloors = Collections.unmodifiableSortedMap(new TreeMap<>(versionFloors));
  }

  /** CAIP-2: {@code bip122:} and the first 32 hex digits of the genesis hash in display order. */
  public ChainId chain() {
    return new ChainId("bip122", genesis.id().toReversedHex().substring(0, 32));
  }

  /** The lowest version that a block at {@code height} may have. */
  int versionFloor(long height) {
    return versionFloors.headMap(height + 1).values().stream()
        .reduce(Integer.MIN_VALUE, (earlier, later) -> later);
  }
}
