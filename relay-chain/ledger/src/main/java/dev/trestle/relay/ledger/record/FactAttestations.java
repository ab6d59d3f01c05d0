package dev.trestle.relay.ledger.record;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.lightclient.HeaderRef;
import java.util.List;

/**
 * What verifiers other than a light client say about a fact: that it stands in {@code block}, so
 * deep. {@code u64 height | b32 id | u64 seconds | u64 confirmations | u64 epoch | list of (u16
 * member, 64-byte signature) | list of 64-byte signatures}, the last ones of attestors, who are
 * recognised by their keys.
 *
 * @param epoch of the committee whose members vote
 */
public record FactAttestations(
    HeaderRef block,
    long confirmations,
    long epoch,
    List<Vote> votes,
    List<EcdsaSignature> attestors) {
  private static final int MAX_MEMBERS = 255;

  public FactAttestations {
    votes = List.copyOf(votes);
    attestors = List.copyOf(attestors);
  }

  /**
   * @param member index in the committee
   */
  public record Vote(int member, EcdsaSignature signature) {}

  public void write(CanonicalWriter out) {
    out.u64(block.height()).hash(block.id()).u64(block.timestampSeconds()).u64(confirmations);
    out.u64(epoch);
    out.list(votes, (w, vote) -> w.u16(vote.member).fixed(vote.signature.bytes()));
    out.list(attestors, (w, signature) -> w.fixed(signature.bytes()));
  }

  public static FactAttestations read(CanonicalReader in) {
    return new FactAttestations(
        new HeaderRef(in.u64(), in.hash(), in.u64()),
        in.u64(),
        in.u64(),
        in.list(MAX_MEMBERS, r -> new Vote(r.u16(), signature(r))),
        in.list(TrustPolicy.MAX_LEAVES, FactAttestations::signature));
  }

  private static EcdsaSignature signature(CanonicalReader in) {
    return new EcdsaSignature(in.fixed(EcdsaSignature.SIZE));
  }
}
