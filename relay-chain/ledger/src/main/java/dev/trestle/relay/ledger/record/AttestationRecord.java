package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A header that members attest and that has not enough attestations yet.
 *
 * @param blockHash as the client names the block
 * @param signatures in member order
 */
public record AttestationRecord(
    ChainId chain,
    long epoch,
    long height,
    Hash32 blockHash,
    Bytes header,
    List<MemberSignature> signatures) {
  private static final int VERSION = 1;
  private static final int MAX_HEADER = 4_096;
  private static final int MAX_MEMBERS = 255;

  public AttestationRecord {
    signatures = List.copyOf(signatures);
  }

  public record MemberSignature(int member, EcdsaSignature signature) {}

  /** With one more signature, kept in member order. */
  public AttestationRecord plus(int member, EcdsaSignature signature) {
    List<MemberSignature> all = new ArrayList<>(signatures);
    all.add(new MemberSignature(member, signature));
    all.sort(Comparator.comparingInt(MemberSignature::member));
    return new AttestationRecord(chain, epoch, height, blockHash, header, all);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).text(chain.toString()).u64(epoch);
    out.u64(height).hash(blockHash).bytes(header);
    return out.list(signatures, (w, s) -> w.u16(s.member).fixed(s.signature.bytes())).toBytes();
  }

  public static AttestationRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new AttestationRecord(
              Fields.chain(in),
              in.u64(),
              in.u64(),
              in.hash(),
              in.bytes(MAX_HEADER),
              in.list(
                  MAX_MEMBERS,
                  r ->
                      new MemberSignature(
                          r.u16(), new EcdsaSignature(r.fixed(EcdsaSignature.SIZE)))));
        });
  }
}
