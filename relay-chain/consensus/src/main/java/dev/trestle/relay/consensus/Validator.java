package dev.trestle.relay.consensus;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;

/**
 * A member of a {@link ValidatorSet}.
 *
 * @param key the consensus key; not the key of the transport
 * @param address what its signatures recover to
 */
public record Validator(EvmAddress address, PublicKey key) {
  public Validator {
    if (!key.evmAddress().equals(address)) {
      throw new IllegalArgumentException("the address is not that of the key");
    }
  }

  public static Validator of(PublicKey key) {
    return new Validator(key.evmAddress(), key);
  }
}
