package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;

/** What one member attested at one height; a second, different one is equivocation. */
public record AttestedHash(long epoch, Hash32 blockHash, EcdsaSignature signature) {
  private static final int VERSION = 1;

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u64(epoch)
        .hash(blockHash)
        .fixed(signature.bytes())
        .toBytes();
  }

  public static AttestedHash decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new AttestedHash(
              in.u64(), in.hash(), new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
        });
  }
}
