package dev.trestle.lightclient;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.packet.Packet;
import java.util.Optional;
import java.util.Set;

/**
 * Where our contracts on chains of a family keep what they have received, so that it can be proved
 * that a packet was not received and will not be (ICS-4, {@code timeoutPacket}). Pure. Paths are
 * made here from what the ledger knows; no sender of a transaction names one.
 */
public interface TimeoutRules {
  /**
   * Clocks by which a contract of this family refuses a late packet and which a proven header
   * states as the contract saw them. A family whose {@link HeaderRef#timestampSeconds} is the time
   * at which the client took the header, and not one that the chain agreed on, leaves out {@link
   * Packet.Timeout.Clock#DESTINATION_TIME}.
   */
  Set<Packet.Timeout.Clock> clocks();

  /**
   * Path under which something stands in the state after block {@code height} exactly if the
   * contract has received the packet before or in that block, whatever it made of it.
   *
   * @param contract in the form in which lanes name it
   */
  Bytes receipt(Bytes contract, Hash32 packetId, long height);

  /**
   * Path of the last sequence that the contract has received on an ordered lane, in the state after
   * block {@code height}; empty where contracts take unordered lanes only.
   */
  Optional<Bytes> lastReceived(Bytes contract, Hash32 lane, long height);

  /**
   * Reads the value under {@link #lastReceived}: 0 for absence. Rejects everything that the
   * contract does not write with {@link RejectionCode#MALFORMED}.
   */
  Verdict<Long> sequence(Bytes value);
}
