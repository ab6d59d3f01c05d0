package dev.trestle.adapter;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * One running connection to one chain. Everything it returns is untrusted: what moves value is
 * verified by a light client or by the reader's own checks. All methods may be called from any
 * thread; failures are {@link AdapterException}s in the future.
 */
public interface ChainAdapter extends AutoCloseable {
  ChainProfile profile();

  /**
   * Connects and checks on every endpoint that it is the configured chain (genesis hash or chain
   * id). Fails with {@link AdapterError#WRONG_CHAIN} otherwise.
   */
  Future<Void> start();

  Future<Health> health();

  HeaderSource headers();

  EvidenceSource evidence();

  MessageSource messages();

  TransactionPort transactions();

  /** Hash-time-locks, if the chain has them. */
  default Optional<HtlcPort> htlc() {
    return Optional.empty();
  }

  /** Hash-time-locks that both parties can end together, if the chain has them. */
  default Optional<CooperativeHtlcPort> cooperativeHtlc() {
    return Optional.empty();
  }

  /** Coins held by a committee's script, on chains without contracts. */
  default Optional<CustodyPort> custody() {
    return Optional.empty();
  }

  /** The bridge contract, on chains with contracts. */
  default Optional<PacketPort> packets() {
    return Optional.empty();
  }

  /** Frees sockets and timers. Idempotent. */
  @Override
  void close();

  /**
   * @param head best block height seen
   * @param finalizedHead height below which the chain's finality rule holds
   * @param lagSeconds age of the best block by its own timestamp
   * @param endpointsAgreeing how many of the endpoints answer alike
   */
  record Health(
      boolean usable,
      long head,
      long finalizedHead,
      long lagSeconds,
      int endpointsAgreeing,
      int endpoints,
      String detail) {}
}
