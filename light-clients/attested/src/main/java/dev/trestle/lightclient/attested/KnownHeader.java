package dev.trestle.lightclient.attested;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.proofs.evm.EvmHeader;

/** What the state keeps of an attested header. */
record KnownHeader(
    long height,
    Hash32 hash,
    Hash32 parentHash,
    Hash32 receiptsRoot,
    Hash32 stateRoot,
    long timestamp) {
  static KnownHeader of(EvmHeader header) {
    return new KnownHeader(
        header.number(),
        header.hash(),
        header.parentHash(),
        header.receiptsRoot(),
        header.stateRoot(),
        header.timestamp());
  }

  /** What proofs below it need. */
  EvmBlock block() {
    return new EvmBlock(height, hash, stateRoot, receiptsRoot, timestamp);
  }

  HeaderRef ref() {
    return new HeaderRef(height, hash, timestamp);
  }

  /** Whether no chain holds both: two hashes at one height, or a child of another parent. */
  boolean contradicts(KnownHeader other) {
    if (height == other.height) {
      return !hash.equals(other.hash);
    }
    if (height + 1 == other.height) {
      return !other.parentHash.equals(hash);
    }
    return other.height + 1 == height && !parentHash.equals(other.hash);
  }

  void write(CanonicalWriter out) {
    out.u64(height).hash(hash).hash(parentHash).hash(receiptsRoot).hash(stateRoot).u64(timestamp);
  }

  static KnownHeader read(CanonicalReader in) {
    return new KnownHeader(in.u64(), in.hash(), in.hash(), in.hash(), in.hash(), in.u64());
  }
}
