package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.util.Optional;

/** What nodes say to each other about snapshots; from {@link ProtocolRange#SNAPSHOTS} on. */
final class SnapshotMessages {
  private SnapshotMessages() {}

  /** Asks for the newest snapshot above a height: {@code u64 above}. */
  record Ask(long above) {
    Bytes encode() {
      return new CanonicalWriter().u64(above).toBytes();
    }

    static Ask decode(Bytes bytes) {
      return CanonicalReader.decode(bytes, in -> new Ask(in.u64()));
    }
  }

  /**
   * The answer: {@code u64 lowest | optional bytes manifest}.
   *
   * @param lowest height of the lowest block that the sender still has
   * @param manifest encoded; empty if it has none that is new enough
   */
  record Offer(long lowest, Optional<Bytes> manifest) {
    Bytes encode() {
      return new CanonicalWriter().u64(lowest).optional(manifest, CanonicalWriter::bytes).toBytes();
    }

    static Offer decode(Bytes bytes) {
      return CanonicalReader.decode(
          bytes, in -> new Offer(in.u64(), in.optional(r -> r.bytes(SnapshotManifest.MAX_BYTES))));
    }
  }

  /** Asks for a chunk: {@code b32 id of the manifest | u32 index}. */
  record AskChunk(Hash32 id, long index) {
    Bytes encode() {
      return new CanonicalWriter().hash(id).u32(index).toBytes();
    }

    static AskChunk decode(Bytes bytes) {
      return CanonicalReader.decode(bytes, in -> new AskChunk(in.hash(), in.u32()));
    }
  }

  /**
   * The answer: {@code b32 id | u32 index | bytes}.
   *
   * @param bytes empty if the sender does not have it
   */
  record Chunk(Hash32 id, long index, Bytes bytes) {
    Bytes encode() {
      return new CanonicalWriter().hash(id).u32(index).bytes(bytes).toBytes();
    }

    static Chunk decode(Bytes bytes) {
      return CanonicalReader.decode(
          bytes, in -> new Chunk(in.hash(), in.u32(), in.bytes(SnapshotChunk.MAX_BYTES)));
    }
  }
}
