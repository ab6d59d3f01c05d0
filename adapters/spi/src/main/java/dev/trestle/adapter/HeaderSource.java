package dev.trestle.adapter;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/** Headers as the chain's nodes tell them. */
public interface HeaderSource {
  /** The best header. */
  Future<RawHeader> latest();

  /** The newest header that the chain's finality rule makes irreversible. */
  Future<RawHeader> finalized();

  /** The header at {@code height} on the node's best chain. */
  Future<RawHeader> at(long height);

  /** Headers {@code fromHeight..toHeight} inclusive, parent-linked; at most 2,000. */
  Future<List<RawHeader>> range(long fromHeight, long toHeight);

  /**
   * Reports changes from {@code from} on until closed: gap-free, each header's parent being the one
   * before or the common ancestor that a reorganisation named.
   */
  AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener);

  /**
   * @param raw the header in the form that its light client verifies
   */
  record RawHeader(HeaderRef ref, Hash32 parent, Bytes raw) {}

  /** What happened to the best chain. */
  sealed interface HeaderEvent {
    record Added(RawHeader header) implements HeaderEvent {}

    record Finalized(HeaderRef header) implements HeaderEvent {}

    /** Blocks above {@code commonAncestor} are no longer on the best chain. */
    record Reorganized(HeaderRef commonAncestor, long depth) implements HeaderEvent {}

    /** The source lost its place and starts again at {@code resumedAt}. */
    record Gap(HeaderRef resumedAt) implements HeaderEvent {}
  }
}
