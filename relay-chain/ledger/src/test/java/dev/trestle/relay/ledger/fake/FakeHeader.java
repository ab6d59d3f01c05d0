package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import java.util.List;

/**
 * A block header whose seal stands for proof of work: any altered bit breaks it.
 *
 * @param factsRoot SHA-256 of the facts of the block
 */
record FakeHeader(Hash32 parent, long height, long seconds, Hash32 factsRoot) {
  static final int SIZE = 32 + 8 + 8 + 32 + 32;

  Bytes encode() {
    Bytes content =
        new CanonicalWriter().hash(parent).u64(height).u64(seconds).hash(factsRoot).toBytes();
    return Bytes.concat(content, seal(content).bytes());
  }

  Hash32 id() {
    return Digests.sha256(encode());
  }

  HeaderRef ref() {
    return new HeaderRef(height, id(), seconds);
  }

  static FakeHeader decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          FakeHeader header = new FakeHeader(in.hash(), in.u64(), in.u64(), in.hash());
          if (!in.hash().equals(seal(encoded.slice(0, SIZE - 32)))) {
            throw new IllegalArgumentException("bad seal");
          }
          return header;
        });
  }

  static Hash32 root(List<Bytes> facts) {
    CanonicalWriter out = new CanonicalWriter();
    facts.forEach(out::bytes);
    return Digests.sha256(out.toBytes());
  }

  private static Hash32 seal(Bytes content) {
    return Digests.sha256(Bytes.utf8("seal"), content);
  }
}
