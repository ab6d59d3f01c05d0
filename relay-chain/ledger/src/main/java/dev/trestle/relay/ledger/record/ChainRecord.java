package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import java.util.Optional;

/**
 * A registered chain.
 *
 * @param anchorHash SHA-256 of the trusted start that governance approved
 * @param confirmations least confirmations of any fact of this chain
 * @param headHeight height of the best header; never goes back
 * @param activationHeight head height at which probation ends
 * @param registeredAt relay height
 */
public record ChainRecord(
    ChainId chain,
    String name,
    String adapterId,
    String clientType,
    Hash32 anchorHash,
    long confirmations,
    Optional<Bytes> bridgeContract,
    ChainLimits limits,
    Status status,
    long headHeight,
    long activationHeight,
    long registeredAt) {
  private static final int VERSION = 1;

  /** Only ACTIVE chains carry value. */
  public enum Status {
    PROBATION,
    ACTIVE
  }

  /** The same chain with a newer head; it becomes active when probation is over. */
  public ChainRecord withHead(long height) {
    Status next = height >= activationHeight ? Status.ACTIVE : status;
    return new ChainRecord(
        chain,
        name,
        adapterId,
        clientType,
        anchorHash,
        confirmations,
        bridgeContract,
        limits,
        next,
        height,
        activationHeight,
        registeredAt);
  }

  /** The same chain with other limits. */
  public ChainRecord withLimits(ChainLimits next) {
    return decided(next, anchorHash, headHeight);
  }

  /** The same chain after governance recovered its client from another anchor. */
  public ChainRecord recovered(Hash32 anchor, long height) {
    return decided(limits, anchor, height);
  }

  /** With everything that governance may change by decision. */
  public ChainRecord decided(ChainLimits nextLimits, Hash32 nextAnchor, long nextHeight) {
    return new ChainRecord(
            chain,
            name,
            adapterId,
            clientType,
            nextAnchor,
            confirmations,
            bridgeContract,
            nextLimits,
            status,
            headHeight,
            activationHeight,
            registeredAt)
        .withHead(nextHeight);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).text(chain.toString()).text(name);
    out.text(adapterId).text(clientType).hash(anchorHash).u64(confirmations);
    out.optional(bridgeContract, CanonicalWriter::bytes);
    limits.write(out);
    Fields.constant(out, status);
    return out.u64(headHeight).u64(activationHeight).u64(registeredAt).toBytes();
  }

  public static ChainRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new ChainRecord(
              Fields.chain(in),
              in.text(Fields.MAX_TEXT),
              in.text(Fields.MAX_TEXT),
              in.text(Fields.MAX_TEXT),
              in.hash(),
              in.u64(),
              in.optional(r -> r.bytes(Fields.MAX_CONTRACT)),
              ChainLimits.read(in),
              Fields.constant(in, Status.values()),
              in.u64(),
              in.u64(),
              in.u64());
        });
  }
}
