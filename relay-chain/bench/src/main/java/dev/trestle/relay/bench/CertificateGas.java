package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.List;

/** A light client contract of the relay chain on an EVM chain, and what it costs there. */
public interface CertificateGas extends AutoCloseable {
  /**
   * Gas of one transaction that lets the contract verify one block.
   *
   * @param total what the sender pays for: all of it
   * @param calldata the part of it for the bytes of the call
   * @param execution the part of it that the contract used
   */
  record Cost(long total, long calldata, long execution) {}

  /**
   * Makes a contract that trusts {@code validators} and lets it verify a block in a transaction.
   *
   * @param chainId of the relay chain
   * @param header encoded
   * @param certificate encoded
   * @param validators ascending
   * @throws RuntimeException if the contract refuses the block
   */
  Cost verify(Hash32 chainId, Bytes header, Bytes certificate, List<EvmAddress> validators);

  /** Ends the chain, if it is there for this alone. */
  @Override
  void close();
}
