package dev.trestle.lightclient.contract.toy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** A block: height, time and the hash of its facts. */
record ToyHeader(long height, long time, Hash32 root) {
  /** Bytes of a path. */
  static final int PATH = 4;

  static final int MAX_SIGNATURES = 700;

  static Hash32 root(List<Claim> facts) {
    return Digests.sha256(
        new CanonicalWriter()
            .list(facts, (out, fact) -> out.bytes(fact.path()).bytes(fact.value()))
            .toBytes());
  }

  static Bytes proof(long height, List<Claim> facts) {
    return new CanonicalWriter()
        .u64(height)
        .list(facts, (out, fact) -> out.bytes(fact.path()).bytes(fact.value()))
        .toBytes();
  }

  HeaderRef ref() {
    return new HeaderRef(height, Digests.sha256(encode()), time);
  }

  Bytes encode() {
    return new CanonicalWriter().u64(height).u64(time).hash(root).toBytes();
  }

  static ToyHeader decode(Bytes header) {
    return CanonicalReader.decode(header, in -> new ToyHeader(in.u64(), in.u64(), in.hash()));
  }

  /** A header and the signatures over it. */
  record Signed(ToyHeader header, List<Vote> votes) {
    record Vote(int member, Hash32 signature) {}

    static Bytes encode(ToyHeader header, List<Vote> votes) {
      return new CanonicalWriter()
          .fixed(header.encode())
          .list(votes, (out, vote) -> out.u16(vote.member()).hash(vote.signature()))
          .toBytes();
    }

    /** The first {@code count} members from {@code first} on sign. */
    static Bytes by(ToyAnchor anchor, ToyHeader header, int first, int count) {
      List<Vote> votes = new ArrayList<>();
      for (int i = first; i < first + count; i++) {
        votes.add(new Vote(i, ToyClient.sign(i, header.encode(), anchor.chain())));
      }
      return encode(header, votes);
    }

    static Signed decode(Bytes message, boolean unbounded) {
      return CanonicalReader.decode(
          message,
          in -> {
            ToyHeader header = new ToyHeader(in.u64(), in.u64(), in.hash());
            if (unbounded && in.remaining() > 4) {
              CanonicalReader again = new CanonicalReader(message);
              again.fixed(48);
              if (again.u32() > 1_000_000) {
                throw new IllegalStateException("out of memory");
              }
            }
            return new Signed(
                header, in.list(MAX_SIGNATURES, each -> new Vote(each.u16(), each.hash())));
          });
    }

    Verdict<Integer> check(ToyAnchor anchor, boolean twice, boolean one) {
      SortedSet<Integer> signers = new TreeSet<>();
      for (Vote vote : votes) {
        if (vote.member() >= anchor.members()) {
          return Verdict.reject(RejectionCode.UNKNOWN_SIGNER, "member " + vote.member());
        }
        if (!ToyClient.sign(vote.member(), header.encode(), anchor.chain())
            .equals(vote.signature())) {
          return Verdict.reject(RejectionCode.BAD_SIGNATURE, "member " + vote.member());
        }
        if (!signers.add(vote.member()) && !twice) {
          return Verdict.reject(RejectionCode.DUPLICATE_SIGNER, "member " + vote.member());
        }
      }
      int count = twice ? votes.size() : signers.size();
      if (count < (one ? 1 : anchor.threshold())) {
        return Verdict.reject(RejectionCode.QUORUM_LOW, count + " signatures");
      }
      return Verdict.accept(count);
    }
  }
}
