package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.relay.verifier.StateProofLeaf;
import java.util.List;
import java.util.Optional;

/**
 * Shows a fact under a block that the client knows.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | u64 knownHeight | optional (bytes header, list of
 * siblings) | u8 kind}, then for kind 1 {@code u64 index | u64 count | list of siblings} and for
 * kind 2 {@code list of siblings | optional (b32 keyHash, b32 valueHash)}.
 *
 * @param knownHeight a block of the client's window
 * @param older the block of the fact, if it is another one: shown by the history root of the known
 * @param branch from the block's root to the fact
 */
public record TrestleProof(long knownHeight, Optional<Older> older, Branch branch) {
  private static final int VERSION = 1;
  private static final int MAX_SIBLINGS = 256;
  private static final int MAX_HEADER = 1_024;

  /** A block under the history root of a newer one. */
  public record Older(Bytes header, List<Hash32> siblings) {
    public Older {
      siblings = List.copyOf(siblings);
    }

    void write(CanonicalWriter out) {
      out.bytes(header).list(siblings, CanonicalWriter::hash);
    }

    static Older read(CanonicalReader in) {
      return new Older(in.bytes(MAX_HEADER), hashes(in));
    }
  }

  /** Hashes beside the way from a leaf up, or for the state from the root down. */
  public sealed interface Branch {
    /**
     * @param index of the packet in its block's outbox
     * @param count packets of that outbox
     */
    record Outbox(long index, long count, List<Hash32> siblings) implements Branch {
      public Outbox {
        siblings = List.copyOf(siblings);
      }
    }

    /**
     * @param other the leaf that stands in the place of an absent key
     */
    record State(List<Hash32> siblings, Optional<StateProofLeaf> other) implements Branch {
      public State {
        siblings = List.copyOf(siblings);
      }
    }
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(knownHeight);
    out.optional(older, (writer, each) -> each.write(writer));
    switch (branch) {
      case Branch.Outbox b ->
          out.u8(1).u64(b.index()).u64(b.count()).list(b.siblings(), CanonicalWriter::hash);
      case Branch.State b ->
          out.u8(2)
              .list(b.siblings(), CanonicalWriter::hash)
              .optional(b.other(), (w, leaf) -> w.hash(leaf.keyHash()).hash(leaf.valueHash()));
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a proof
   */
  public static TrestleProof decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, TrestleProof::read);
  }

  private static TrestleProof read(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("proof version " + version);
    }
    long known = in.u64();
    Optional<Older> older = in.optional(Older::read);
    int kind = in.u8();
    return new TrestleProof(
        known,
        older,
        switch (kind) {
          case 1 -> new Branch.Outbox(in.u64(), in.u64(), hashes(in));
          case 2 ->
              new Branch.State(
                  hashes(in), in.optional(r -> new StateProofLeaf(r.hash(), r.hash())));
          default -> throw new DecodeException("branch of kind " + kind);
        });
  }

  private static List<Hash32> hashes(CanonicalReader in) {
    return in.list(MAX_SIBLINGS, CanonicalReader::hash);
  }
}
