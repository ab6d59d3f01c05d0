package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/**
 * Opens a connection: {@code u16 protocol | b32 chainId | u16 listenPort}.
 *
 * @param protocol version of what is spoken after this frame; a peer of another one is refused
 * @param chainId keccak256 of the genesis document
 * @param listenPort where the sender accepts connections, 0 if it does not
 */
record Hello(int protocol, Hash32 chainId, int listenPort) {
  static final int PROTOCOL = 1;

  Bytes encode() {
    return new CanonicalWriter().u16(protocol).hash(chainId).u16(listenPort).toBytes();
  }

  static Hello decode(Bytes bytes) {
    return CanonicalReader.decode(bytes, in -> new Hello(in.u16(), in.hash(), in.u16()));
  }
}
