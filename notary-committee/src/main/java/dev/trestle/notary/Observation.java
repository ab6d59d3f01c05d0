package dev.trestle.notary;

import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules.ChainMessage;

/** What the member's own node shows of the reason for a release. */
sealed interface Observation {
  /** A final burn. */
  record Burned(ChainMessage.TransferSent message) implements Observation {}

  /** A final outcome of a packet. */
  record Executed(ChainMessage.PacketReceived message) implements Observation {}

  /**
   * A packet whose timeout is past, and which the contract has not received in any block before.
   *
   * @param block final, at or past the timeout; everything up to it has been read
   */
  record Expired(HeaderRef block) implements Observation {}

  /** Nothing final, up to what has been read. */
  record NotSeen(long readUpTo) implements Observation {}

  /** The contract said two things that exclude each other. */
  record Contradicting() implements Observation {}

  record Unavailable(String detail) implements Observation {}

  /** The release moves coins within custody. */
  record NotNeeded() implements Observation {}
}
