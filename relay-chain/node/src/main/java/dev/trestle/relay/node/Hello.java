package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/**
 * Opens a connection: {@code u16 oldest protocol | u16 newest protocol | b32 chainId | u16
 * listenPort}. Its form never changes, whatever the protocols that follow.
 *
 * @param protocols versions of what the sender can speak after this frame; a peer with none in
 *     common is refused
 * @param chainId keccak256 of the genesis document
 * @param listenPort where the sender accepts connections, 0 if it does not
 */
record Hello(ProtocolRange protocols, Hash32 chainId, int listenPort) {
  Bytes encode() {
    return new CanonicalWriter()
        .u16(protocols.oldest())
        .u16(protocols.newest())
        .hash(chainId)
        .u16(listenPort)
        .toBytes();
  }

  static Hello decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes, in -> new Hello(new ProtocolRange(in.u16(), in.u16()), in.hash(), in.u16()));
  }
}
