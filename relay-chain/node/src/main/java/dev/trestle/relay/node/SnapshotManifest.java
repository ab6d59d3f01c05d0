package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.util.List;

/**
 * What a snapshot consists of: {@code u8 version = 1 | b32 chainId | u64 height | b32 blockId |
 * list of (u8 kind | u32 bytes | b32 sha256)}, one item a {@link SnapshotChunk}. It proves nothing
 * by itself: chunks are checked against it, and what they say against the chain's genesis.
 *
 * @param height of the block after which the state stands
 * @param chunks in the order {@link SnapshotChunk.Kind}: exactly one head first
 */
record SnapshotManifest(Hash32 chainId, long height, Hash32 blockId, List<Item> chunks) {
  private static final int VERSION = 1;

  /** Most chunks of a snapshot. */
  static final int MAX_CHUNKS = 65_536;

  /** Most bytes of all chunks: 64 GiB. */
  static final long MAX_TOTAL_BYTES = 64L << 30;

  /** Most bytes of the chunks before the state, which are held in memory: 256 MiB. */
  static final long MAX_PROOF_BYTES = 256L << 20;

  /** Most bytes of an encoded manifest. */
  static final int MAX_BYTES = 128 + 37 * MAX_CHUNKS;

  /** A chunk that must have this many bytes and this digest. */
  record Item(SnapshotChunk.Kind kind, int bytes, Hash32 sha256) {
    boolean isOf(Bytes chunk) {
      return chunk.size() == bytes && Digests.sha256(chunk).equals(sha256);
    }
  }

  SnapshotManifest {
    chunks = List.copyOf(chunks);
    if (height < 1 || chunks.isEmpty() || chunks.size() > MAX_CHUNKS) {
      throw new IllegalArgumentException(chunks.size() + " chunks at height " + height);
    }
    long total = 0;
    long proof = 0;
    SnapshotChunk.Kind before = SnapshotChunk.Kind.HEAD;
    for (int i = 0; i < chunks.size(); i++) {
      Item item = chunks.get(i);
      total += item.bytes();
      proof += item.kind() == SnapshotChunk.Kind.STATE ? 0 : item.bytes();
      if (item.bytes() < 1
          || item.bytes() > SnapshotChunk.MAX_BYTES
          || item.kind().compareTo(before) < 0
          || (item.kind() == SnapshotChunk.Kind.HEAD) != (i == 0)) {
        throw new IllegalArgumentException("chunk " + i + " has a wrong size or place");
      }
      before = item.kind();
    }
    if (total > MAX_TOTAL_BYTES || proof > MAX_PROOF_BYTES) {
      throw new IllegalArgumentException("a snapshot of " + total + " bytes");
    }
  }

  /** SHA-256 of {@link #encode()}. */
  Hash32 id() {
    return Digests.sha256(encode());
  }

  long totalBytes() {
    return chunks.stream().mapToLong(Item::bytes).sum();
  }

  Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .hash(chainId)
        .u64(height)
        .hash(blockId)
        .list(
            chunks, (out, each) -> out.u8(each.kind().code()).u32(each.bytes()).hash(each.sha256()))
        .toBytes();
  }

  /** Rejects as invalid what is not canonical or over a limit. */
  static Verdict<SnapshotManifest> decode(Bytes bytes) {
    if (bytes.size() > MAX_BYTES) {
      return Verdict.reject(NodeReason.SNAPSHOT_INVALID, "a manifest of " + bytes.size());
    }
    try {
      return Verdict.accept(
          CanonicalReader.decode(
              bytes,
              in -> {
                if (in.u8() != VERSION) {
                  throw new DecodeException("unknown version of a snapshot");
                }
                return new SnapshotManifest(
                    in.hash(), in.u64(), in.hash(), in.list(MAX_CHUNKS, SnapshotManifest::item));
              }));
    } catch (DecodeException e) {
      return Verdict.reject(NodeReason.SNAPSHOT_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static Item item(CanonicalReader in) {
    SnapshotChunk.Kind kind = SnapshotChunk.Kind.of(in.u8());
    return new Item(kind, (int) Math.min(in.u32(), Integer.MAX_VALUE), in.hash());
  }
}
