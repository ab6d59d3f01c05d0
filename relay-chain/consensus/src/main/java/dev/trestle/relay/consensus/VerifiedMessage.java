package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;

/**
 * A message whose signature and attachments hold for one validator set. Only {@link
 * MessageVerifier} makes one; the core drops it if its own set is another.
 */
public final class VerifiedMessage {
  private final SignedMessage signed;
  private final int senderIndex;
  private final Hash32 validatorsHash;

  VerifiedMessage(SignedMessage signed, int senderIndex, Hash32 validatorsHash) {
    this.signed = signed;
    this.senderIndex = senderIndex;
    this.validatorsHash = validatorsHash;
  }

  public SignedMessage signed() {
    return signed;
  }

  /** The sender's number in the set. */
  public int senderIndex() {
    return senderIndex;
  }

  public Hash32 validatorsHash() {
    return validatorsHash;
  }

  public long height() {
    return signed.height();
  }

  @Override
  public String toString() {
    return "VerifiedMessage[" + senderIndex + ", " + signed.message().statement() + "]";
  }
}
