package dev.trestle.adapter;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import io.vertx.core.Future;
import java.util.List;

/** Watching scripts that hold coins for a committee. */
public interface CustodyPort {
  /** Outputs that pay {@code outputScript}, the mempool included, oldest first. */
  Future<List<ScriptOutput>> outputsOf(Bytes outputScript);

  /** The output script of an address; fails with {@link AdapterError#INVALID_ADDRESS}. */
  Bytes scriptOf(String address);

  /**
   * @param confirmations 0 in the mempool
   */
  record ScriptOutput(
      Hash32 transactionId, long outputIndex, Amount amount, long confirmations, boolean spent) {}
}
