package dev.trestle.relay.verifier;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import java.util.List;
import java.util.Optional;

/**
 * Everything that shows a packet or a state entry offline to somebody who trusts an era of the
 * chain: the changes of validators since, one certified block, and a proof under it. Untrusted
 * until {@link #verify} accepts it. Encoding: {@code u8 version = 1 | list of (bytes header, bytes
 * certificate, list of 20-byte addresses) | bytes header | bytes certificate | optional (bytes
 * header, list of siblings) | claim}.
 *
 * @param handOvers last blocks of the eras from the trusted one on, with the sets that follow
 * @param header of the certified block
 * @param older the block that the claim is about, if it is not the certified one
 */
public record ReceiptBundle(
    List<HandOver> handOvers, Bytes header, Bytes certificate, Optional<Older> older, Claim claim) {
  private static final int VERSION = 1;
  private static final int MAX_HAND_OVERS = 10_000;
  private static final int MAX_VALIDATORS = 0xffff;
  private static final int MAX_HEADER = 1_024;
  private static final int MAX_CERTIFICATE = 5_000_000;
  private static final int MAX_SIBLINGS = 256;
  private static final int MAX_KEY = 4_096;
  private static final int MAX_VALUE = 4_000_000;

  public ReceiptBundle {
    handOvers = List.copyOf(handOvers);
  }

  /** The last block of an era and the validators that it hands over to. */
  public record HandOver(Bytes header, Bytes certificate, List<EvmAddress> next) {
    public HandOver {
      next = List.copyOf(next);
    }
  }

  /** A block under the history root of the certified one. */
  public record Older(Bytes header, List<Hash32> siblings) {
    public Older {
      siblings = List.copyOf(siblings);
    }
  }

  /** What the bundle shows. */
  public sealed interface Claim {
    /** {@code u8 1 | b32 packetId | u64 index | u64 count | list of siblings}. */
    record Packet(Hash32 packetId, long index, long count, List<Hash32> siblings) implements Claim {
      public Packet {
        siblings = List.copyOf(siblings);
      }
    }

    /**
     * {@code u8 2 | bytes key | optional bytes value | list of siblings | optional (b32 keyHash,
     * b32 valueHash)}.
     *
     * @param value empty when nothing stands under the key
     */
    record Entry(
        Bytes key, Optional<Bytes> value, List<Hash32> siblings, Optional<StateProofLeaf> other)
        implements Claim {
      public Entry {
        siblings = List.copyOf(siblings);
      }
    }
  }

  /** The block that the claim is about, once everything holds. */
  public Verdict<VerifiedBlock> verify(RelayChainClient trusted) {
    Verdict<RelayChainClient> client = Verdict.accept(trusted);
    for (HandOver each : handOvers) {
      client = client.then(known -> known.handOver(each.header, each.certificate, each.next));
    }
    Verdict<VerifiedBlock> certified = client.then(known -> known.verify(header, certificate));
    return certified
        .then(block -> older.map(o -> block.older(o.header, o.siblings)).orElse(certified))
        .then(
            block ->
                shows(block)
                    ? Verdict.accept(block)
                    : Verdict.reject(VerifierCode.PROOF_INVALID, "the claim does not follow"));
  }

  private boolean shows(VerifiedBlock block) {
    return switch (claim) {
      case Claim.Packet p -> block.emitted(p.packetId, p.index, p.count, p.siblings);
      case Claim.Entry e ->
          e.value.isPresent()
              ? e.other.isEmpty() && block.holds(e.key, e.value.get(), e.siblings)
              : block.lacks(e.key, e.siblings, e.other);
    };
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    out.list(
        handOvers,
        (w, each) ->
            w.bytes(each.header)
                .bytes(each.certificate)
                .list(each.next, (x, address) -> x.fixed(address.bytes())));
    out.bytes(header).bytes(certificate);
    out.optional(older, (w, o) -> w.bytes(o.header).list(o.siblings, CanonicalWriter::hash));
    switch (claim) {
      case Claim.Packet p ->
          out.u8(1)
              .hash(p.packetId)
              .u64(p.index)
              .u64(p.count)
              .list(p.siblings, CanonicalWriter::hash);
      case Claim.Entry e -> {
        out.u8(2).bytes(e.key).optional(e.value, CanonicalWriter::bytes);
        out.list(e.siblings, CanonicalWriter::hash);
        out.optional(e.other, (w, leaf) -> w.hash(leaf.keyHash()).hash(leaf.valueHash()));
      }
    }
    return out.toBytes();
  }

  /** Rejects as malformed everything that {@link #encode} does not give. */
  public static Verdict<ReceiptBundle> decode(Bytes encoded) {
    try {
      return Verdict.accept(CanonicalReader.decode(encoded, ReceiptBundle::read));
    } catch (DecodeException malformed) {
      return Verdict.reject(VerifierCode.MALFORMED, String.valueOf(malformed.getMessage()));
    }
  }

  private static ReceiptBundle read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("not a receipt bundle of version " + VERSION);
    }
    return new ReceiptBundle(
        in.list(
            MAX_HAND_OVERS,
            r ->
                new HandOver(
                    r.bytes(MAX_HEADER),
                    r.bytes(MAX_CERTIFICATE),
                    r.list(MAX_VALIDATORS, x -> new EvmAddress(x.fixed(EvmAddress.SIZE))))),
        in.bytes(MAX_HEADER),
        in.bytes(MAX_CERTIFICATE),
        in.optional(r -> new Older(r.bytes(MAX_HEADER), siblings(r))),
        readClaim(in));
  }

  private static Claim readClaim(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Claim.Packet(in.hash(), in.u64(), in.u64(), siblings(in));
      case 2 ->
          new Claim.Entry(
              in.bytes(MAX_KEY),
              in.optional(r -> r.bytes(MAX_VALUE)),
              siblings(in),
              in.optional(r -> new StateProofLeaf(r.hash(), r.hash())));
      default -> throw new DecodeException("claim " + kind);
    };
  }

  private static List<Hash32> siblings(CanonicalReader in) {
    return in.list(MAX_SIBLINGS, CanonicalReader::hash);
  }
}
