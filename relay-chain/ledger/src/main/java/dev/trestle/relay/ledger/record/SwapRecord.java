package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;

/**
 * Terms of a swap that both parties have signed.
 *
 * @param id the digest that both signed
 * @param agreedAt relay height
 */
public record SwapRecord(
    Hash32 id, SwapTerms terms, PublicKey initiator, PublicKey participant, long agreedAt) {
  private static final int VERSION = 1;

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).hash(id);
    terms.write(out);
    out.fixed(initiator.compressed()).fixed(participant.compressed());
    return out.u64(agreedAt).toBytes();
  }

  public static SwapRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new SwapRecord(
              in.hash(),
              SwapTerms.read(in),
              new PublicKey(in.fixed(PublicKey.SIZE)),
              new PublicKey(in.fixed(PublicKey.SIZE)),
              in.u64());
        });
  }
}
