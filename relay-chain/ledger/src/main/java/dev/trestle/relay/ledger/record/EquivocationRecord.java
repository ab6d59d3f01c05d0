package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;

/**
 * Two attestations by one member for two blocks of one height: proof against the member, who stays
 * suspended.
 *
 * @param recordedAt relay height
 */
public record EquivocationRecord(
    int member,
    ChainId chain,
    long epoch,
    long height,
    Hash32 firstHash,
    EcdsaSignature firstSignature,
    Hash32 secondHash,
    EcdsaSignature secondSignature,
    long recordedAt) {
  private static final int VERSION = 1;

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u16(member).text(chain.toString());
    out.u64(epoch).u64(height).hash(firstHash).fixed(firstSignature.bytes());
    return out.hash(secondHash).fixed(secondSignature.bytes()).u64(recordedAt).toBytes();
  }

  public static EquivocationRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new EquivocationRecord(
              in.u16(),
              Fields.chain(in),
              in.u64(),
              in.u64(),
              in.hash(),
              new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)),
              in.hash(),
              new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)),
              in.u64());
        });
  }
}
