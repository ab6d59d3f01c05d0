package dev.trestle.relay.node;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Answers what peers ask: decided blocks, bodies of proposed ones, snapshots. A question is handled
 * when its answer is on its way, and each peer's one after the other: a peer that does not read
 * cannot ask on. Safe from any thread.
 */
final class Questions {
  private final NodeLoop.NodeParts parts;
  private final Core thread;
  private final Executor workers;
  private final Answers bulk;

  /** Apart from the others: a vote may depend on a body, and must not wait for a chunk. */
  private final Answers bodies;

  /**
   * @param thread of consensus, which holds what has been proposed
   * @param workers decode, read the store and encode
   */
  Questions(NodeLoop.NodeParts parts, Core thread, Executor workers) {
    this.parts = parts;
    this.thread = thread;
    this.workers = workers;
    this.bulk = new Answers(workers);
    this.bodies = new Answers(workers);
  }

  /** The connection is gone. */
  void left(Hash32 peer) {
    bulk.left(peer);
    bodies.left(peer);
  }

  /**
   * Completes when the answer is on its way, if there is one; fails with a {@link DecodeException}
   * or {@link IllegalArgumentException} if the question is none.
   */
  CompletableFuture<Boolean> answer(Hash32 peer, Frame frame) {
    return switch (frame.type()) {
      case GET_BLOCKS -> bulk.give(peer, () -> blocks(peer, frame));
      case GET_SNAPSHOT -> bulk.give(peer, () -> snapshot(peer, frame));
      case GET_CHUNK -> bulk.give(peer, () -> chunk(peer, frame));
      case GET_BODY -> bodies.give(peer, () -> body(peer, frame));
      case GET_TRANSACTIONS -> bodies.give(peer, () -> transactions(peer, frame));
      default -> throw new IllegalArgumentException(frame.type() + " is no question");
    };
  }

  private CompletionStage<Void> blocks(Hash32 peer, Frame frame) {
    SyncRequest request = SyncRequest.decode(frame.payload());
    return parts.out().sendBlocks(peer, request.from(), request.count());
  }

  private CompletionStage<Void> snapshot(Hash32 peer, Frame frame) {
    SnapshotMessages.Ask ask = SnapshotMessages.Ask.decode(frame.payload());
    return parts
        .out()
        .aboutSnapshots(peer, FrameType.SNAPSHOT, parts.snapshots().offer(ask.above()).encode());
  }

  private CompletionStage<Void> chunk(Hash32 peer, Frame frame) {
    SnapshotMessages.AskChunk ask = SnapshotMessages.AskChunk.decode(frame.payload());
    return parts
        .out()
        .aboutSnapshots(peer, FrameType.CHUNK, SnapshotDesk.answer(parts.snapshots(), ask));
  }

  private CompletionStage<Void> body(Hash32 peer, Frame frame) {
    Hash32 id = CanonicalReader.decode(frame.payload(), CanonicalReader::hash);
    return withBlock(id, block -> parts.out().sendBody(peer, block));
  }

  private CompletionStage<Void> transactions(Hash32 peer, Frame frame) {
    BlockTransactions.Request request = BlockTransactions.Request.decode(frame.payload());
    return withBlock(
        request.blockId(),
        block -> parts.out().sendTransactions(peer, BlockTransactions.of(block, request)));
  }

  /** From what consensus holds, on its thread, or from the store, by a worker. */
  private CompletionStage<Void> withBlock(Hash32 id, Function<Block, CompletionStage<Void>> send) {
    CompletableFuture<Optional<Block>> held = new CompletableFuture<>();
    thread.run(
        () -> held.complete(parts.port().bodies().find(id)), () -> held.complete(Optional.empty()));
    return held.thenComposeAsync(
        found ->
            found
                .or(() -> parts.store().heightOf(id).flatMap(at -> parts.store().block(at)))
                .map(send)
                .orElseGet(() -> CompletableFuture.allOf()),
        workers);
  }
}
