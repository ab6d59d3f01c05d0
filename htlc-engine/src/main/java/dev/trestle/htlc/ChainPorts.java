package dev.trestle.htlc;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapter.Health;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.TransactionPort;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** What the engine uses of one chain. */
public record ChainPorts(
    ChainProfile profile,
    HtlcPort htlc,
    TransactionPort transactions,
    Supplier<Future<Health>> health) {
  /**
   * @throws AdapterException with {@link AdapterError#NOT_SUPPORTED} if the chain has no
   *     hash-time-locks
   */
  public static ChainPorts of(ChainAdapter adapter) {
    HtlcPort htlc =
        adapter
            .htlc()
            .orElseThrow(
                () ->
                    new AdapterException(
                        AdapterError.NOT_SUPPORTED,
                        adapter.profile().chain() + " has no hash-time-locks"));
    return new ChainPorts(adapter.profile(), htlc, adapter.transactions(), adapter::health);
  }
}
