package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;

/**
 * What must have been checked before a packet counts: the light client of one chain and a number of
 * confirmations. The client's id is the CAIP-2 text of its chain.
 */
public record TrustPolicy(ChainId client, long confirmations) {
  private static final int LIGHT_CLIENT = 1;

  public TrustPolicy {
    if (confirmations < 1) {
      throw new IllegalArgumentException("a policy asks for at least one confirmation");
    }
  }

  /** {@code u8 1 | text clientId | u32 confirmations}. */
  public Bytes encode() {
    return new CanonicalWriter()
        .u8(LIGHT_CLIENT)
        .text(client.toString())
        .u32(confirmations)
        .toBytes();
  }

  /** SHA-256 of the canonical form; stands in every packet. */
  public Hash32 hash() {
    return Digests.sha256(encode());
  }
}
