package dev.trestle.adapter;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Watching scripts that hold coins for a committee. */
public interface CustodyPort {
  /** Most scripts that are asked for at once. */
  int MAX_SCRIPTS = 100_000;

  /** A script that was not asked for during this time may be forgotten, and is searched anew. */
  Duration FORGOTTEN_AFTER = Duration.ofHours(1);

  /**
   * Outputs that pay each of {@code outputScripts}, the mempool included, oldest first; empty for a
   * script that nobody has paid. All scripts that are new are searched for together, so that many
   * take as long as one. Fails with {@link AdapterError#NODE_ERROR} for more than {@link
   * #MAX_SCRIPTS}, or if so many others are watched.
   */
  Future<Map<Bytes, List<ScriptOutput>>> outputsOf(Set<Bytes> outputScripts);

  /** The output script of an address; fails with {@link AdapterError#INVALID_ADDRESS}. */
  Bytes scriptOf(String address);

  /**
   * @param confirmations 0 in the mempool
   * @param spent in a block or in the mempool
   * @param spentBy the transaction in a block that spends it; empty also where a spending is too
   *     old for the adapter to have seen it
   */
  record ScriptOutput(
      Hash32 transactionId,
      long outputIndex,
      Amount amount,
      long confirmations,
      boolean spent,
      Optional<Hash32> spentBy) {
    /** An output that no transaction in a block is known to spend. */
    public ScriptOutput(
        Hash32 transactionId, long outputIndex, Amount amount, long confirmations, boolean spent) {
      this(transactionId, outputIndex, amount, confirmations, spent, Optional.empty());
    }
  }
}
