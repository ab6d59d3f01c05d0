package dev.trestle.adapter;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import java.util.List;

/** Messages that our contracts wrote on the chain. */
public interface MessageSource {
  /** All messages of {@code emitter} in the blocks {@code fromHeight..toHeight}, in chain order. */
  Future<List<SourceEvent>> replay(Bytes emitter, long fromHeight, long toHeight);

  /** The messages of {@code emitter} in one transaction, read again. */
  Future<List<SourceEvent>> reobserve(Bytes emitter, Hash32 transactionId);

  /**
   * @param block where it stands
   * @param transactionId wire order
   * @param index position within the block, as the chain counts messages
   * @param emitter the contract
   * @param content the message in the form that the family's {@code MessageRules} read
   */
  record SourceEvent(
      HeaderRef block, Hash32 transactionId, long index, Bytes emitter, Bytes content) {}
}
