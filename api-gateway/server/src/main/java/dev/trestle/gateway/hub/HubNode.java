package dev.trestle.gateway.hub;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.LedgerEvent;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.relayer.HandOver;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The relay chain as a gateway sees it: a follower that verifies and executes every block itself.
 */
public interface HubNode {
  /** Chain id of the relay chain. */
  Hash32 hubId();

  LedgerView view();

  /** The newest block. */
  Head head();

  Optional<BlockInfo> block(long height);

  /** The set that certifies the next block. */
  List<ValidatorInfo> validators();

  /** The set that certifies {@code height}; empty if that is not decided. */
  Optional<List<ValidatorInfo>> validatorsAt(long height);

  /** All changes of validators so far, the oldest first. */
  List<HandOver> handOvers();

  /** Hands a transaction to the validators; the verdict is the mempool's. */
  Verdict<Hash32> send(Transaction transaction);

  /** Blocks until the transaction is in a block; for virtual threads. */
  Included awaitInclusion(Hash32 transactionId);

  Optional<Included> find(Hash32 transactionId);

  Optional<PacketDelivery> delivery(Hash32 packetId);

  /** Whether the relay chain makes blocks, as this node sees it now. */
  Liveness liveness();

  void onBlock(Consumer<BlockEvents> listener);

  /**
   * @param stall empty while the chain takes transactions into blocks
   * @param unreachable validators without a connection to this node; others may still reach them
   */
  record Liveness(Optional<Stall> stall, List<EvmAddress> unreachable) {
    public Liveness {
      unreachable = List.copyOf(unreachable);
    }
  }

  /**
   * The relay chain, or this node of it, stands still.
   *
   * @param sinceMillis Unix milliseconds: how long transactions have waited in vain, or when the
   *     fault was seen
   */
  record Stall(Cause cause, long sinceMillis) {
    /** What stands still. */
    public enum Cause {
      /** Transactions wait and no block comes: too few validators work together. */
      NO_BLOCKS,
      /** A fault has stopped this node for good; the chain itself may go on. */
      NODE_STOPPED
    }
  }

  /**
   * @param timeMillis Unix milliseconds
   */
  record Head(long height, Hash32 id, long timeMillis) {}

  record BlockInfo(
      long height,
      Hash32 id,
      long timeMillis,
      Hash32 stateRoot,
      Hash32 outboxRoot,
      EvmAddress builder,
      List<Hash32> transactions,
      Bytes header,
      Bytes certificate) {}

  record ValidatorInfo(int index, EvmAddress address, PublicKey key) {}

  /** A receipt and where it stands. */
  record Included(Receipt receipt, long height) {}

  record BlockEvents(long height, long timeMillis, List<LedgerEvent> events) {}
}
