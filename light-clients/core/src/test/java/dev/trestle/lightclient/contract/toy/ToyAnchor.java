package dev.trestle.lightclient.contract.toy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;

/** Chain name, members and start of trust. */
record ToyAnchor(Bytes chain, int members, long trustedFrom) {
  static final long PERIOD = 1_000;
  static final int MAX_MEMBERS = 700;

  int threshold() {
    return 2 * members / 3 + 1;
  }

  Bytes encode() {
    return new CanonicalWriter().bytes(chain).u16(members).u64(trustedFrom).toBytes();
  }

  static ToyAnchor decode(Bytes anchor) {
    ToyAnchor decoded =
        CanonicalReader.decode(anchor, in -> new ToyAnchor(in.bytes(20), in.u16(), in.u64()));
    if (decoded.members < 1 || decoded.members > MAX_MEMBERS || decoded.chain.isEmpty()) {
      throw new DecodeException("members");
    }
    return decoded;
  }
}
