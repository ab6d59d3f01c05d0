package dev.trestle.relay.consensus;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;

/**
 * A member of a {@link ValidatorSet}.
 *
 * @param address what signatures of its consensus key recover to; not the key of the transport
 */
public record Validator(EvmAddress address) {
  public static Validator of(PublicKey key) {
    return new Validator(key.evmAddress());
  }
}
