package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import java.util.Optional;

/**
 * What the rotation of proposers needs of a block: {@code header | optional bytes certificate}.
 *
 * @param lastCommit certificate of the parent, to which the header commits
 */
record Link(RelayHeader header, Optional<CommitCertificate> lastCommit) {
  static Link of(Block block) {
    return new Link(block.header(), block.lastCommit());
  }

  long height() {
    return header.height();
  }

  /** The round in which the parent was decided. */
  int lastRound() {
    return lastCommit.map(CommitCertificate::round).orElse(0);
  }

  /** Whether the certificate is the one that the header commits to. */
  boolean holds() {
    return Block.lastCommitHash(lastCommit).equals(header.lastCommitHash());
  }

  void write(CanonicalWriter out) {
    out.fixed(header.encode()).optional(lastCommit, (to, each) -> to.bytes(each.encode()));
  }

  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless it is what {@link #write} gives
   */
  static Link read(CanonicalReader in) {
    return new Link(header(in), in.optional(Link::certificate));
  }

  static Link decode(Bytes stored) {
    return CanonicalReader.decode(stored, Link::read);
  }

  static RelayHeader header(CanonicalReader in) {
    return whole(RelayHeader.decode(in.fixed(RelayHeader.SIZE)));
  }

  static CommitCertificate certificate(CanonicalReader in) {
    return whole(CommitCertificate.decode(in.bytes(CommitCertificate.MAX_BYTES)));
  }

  /** Inside of a reader a rejected part makes the whole malformed. */
  static <T> T whole(Verdict<T> decoded) {
    if (decoded instanceof Verdict.Accepted<T>(T value)) {
      return value;
    }
    throw new DecodeException("a part of it is malformed");
  }
}
