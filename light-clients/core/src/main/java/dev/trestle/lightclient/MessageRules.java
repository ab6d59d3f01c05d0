package dev.trestle.lightclient;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;

/** Reads what our contracts on a connected chain said, from facts that a light client proved. */
public interface MessageRules {
  /**
   * Decodes a proven fact as a message of the contract {@code emitter}; rejects other emitters and
   * other events.
   */
  Verdict<ChainMessage> read(ProvenFact fact, Bytes emitter);

  /** A message of the bridge contract. */
  sealed interface ChainMessage {
    /**
     * Value left the chain: the contract burned or locked it.
     *
     * @param lane {@code laneHash} of the packet format
     * @param sequence of the lane, from 1
     * @param assetId SHA-256 of the CAIP-19 text
     * @param amount smallest units
     */
    record TransferSent(
        Hash32 lane, long sequence, Hash32 assetId, Amount amount, Bytes sender, Bytes recipient)
        implements ChainMessage {}

    /**
     * A packet was executed, once and for all; {@code success} tells acknowledgement from error.
     */
    record PacketReceived(Hash32 packetId, boolean success) implements ChainMessage {}
  }
}
