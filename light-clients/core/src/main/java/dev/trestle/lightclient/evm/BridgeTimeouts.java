package dev.trestle.lightclient.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.packet.Packet;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Storage of the bridge contract (wire format, "EVM bridge contract"): {@code executed}, a mapping
 * in slot 0, is zero for a packet that was not received and is never cleared. Both clocks are those
 * of the block in which the contract runs, and stand in its header.
 *
 * <p>Rejects with {@code not-supported} (a lane that is ordered).
 */
public final class BridgeTimeouts implements TimeoutRules {
  private static final long EXECUTED_SLOT = 0;

  @Override
  public Set<Packet.Timeout.Clock> clocks() {
    return EnumSet.of(
        Packet.Timeout.Clock.DESTINATION_TIME, Packet.Timeout.Clock.DESTINATION_HEIGHT);
  }

  @Override
  public Bytes receipt(Bytes contract, Hash32 packetId, long height) {
    return new EvmPath.Storage(height, new EvmAddress(contract), entry(packetId, EXECUTED_SLOT))
        .encode();
  }

  /** The contract takes unordered lanes only. */
  @Override
  public Optional<Bytes> lastReceived(Bytes contract, Hash32 lane, long height) {
    return Optional.empty();
  }

  @Override
  public Verdict<Long> sequence(Bytes value) {
    return Verdict.reject(RejectionCode.NOT_SUPPORTED, "unordered lanes only");
  }

  /** Slot of a mapping's entry (Solidity, "Layout of State Variables in Storage"). */
  private static Hash32 entry(Hash32 key, long slot) {
    return Digests.keccak256(
        key.bytes(), new CanonicalWriter().u256(BigInteger.valueOf(slot)).toBytes());
  }
}
