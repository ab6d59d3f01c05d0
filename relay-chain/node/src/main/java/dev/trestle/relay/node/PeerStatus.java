package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/**
 * Where a node stands: {@code u64 head | b32 headId | u64 height | u32 round}. Not signed, so it
 * only tells whom to ask; nothing is believed because of it.
 *
 * @param head height of the newest decided block, 0 before the first
 * @param headId id of that block, the chain id before the first
 * @param height height that is being decided; head for a follower
 * @param round current round at that height
 */
public record PeerStatus(long head, Hash32 headId, long height, long round) {
  Bytes encode() {
    return new CanonicalWriter().u64(head).hash(headId).u64(height).u32(round).toBytes();
  }

  static PeerStatus decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes, in -> new PeerStatus(in.u64(), in.hash(), in.u64(), in.u32()));
  }
}
