package dev.trestle.relay.relayer;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.EvmAddress;
import java.util.List;

/**
 * A change of validators: the last block that one set certified, which names the next set.
 *
 * @param epoch first epoch of the next set
 * @param header canonical header of that last block
 * @param certificate commit certificate of it, by {@code validators}
 * @param validators the set that is over, ascending
 * @param next the set of the blocks after it, ascending
 */
public record HandOver(
    long epoch,
    Bytes header,
    Bytes certificate,
    List<EvmAddress> validators,
    List<EvmAddress> next) {
  public HandOver {
    validators = List.copyOf(validators);
    next = List.copyOf(next);
  }
}
