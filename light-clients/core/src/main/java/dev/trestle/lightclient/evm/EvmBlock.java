package dev.trestle.lightclient.evm;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.proofs.evm.EvmHeader;

/**
 * What a client keeps of an EVM block to prove under it.
 *
 * @param number blocks since genesis
 * @param hash under the chain's own rules
 * @param timestamp Unix seconds
 */
public record EvmBlock(
    long number, Hash32 hash, Hash32 stateRoot, Hash32 receiptsRoot, long timestamp) {
  public static EvmBlock of(EvmHeader header) {
    return new EvmBlock(
        header.number(),
        header.hash(),
        header.stateRoot(),
        header.receiptsRoot(),
        header.timestamp());
  }

  public HeaderRef ref() {
    return new HeaderRef(number, hash, timestamp);
  }

  public void write(CanonicalWriter out) {
    out.u64(number).hash(hash).hash(stateRoot).hash(receiptsRoot).u64(timestamp);
  }

  public static EvmBlock read(CanonicalReader in) {
    return new EvmBlock(in.u64(), in.hash(), in.hash(), in.hash(), in.u64());
  }
}
