package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;

/**
 * A block with the ids of its transactions instead of the transactions: what a proposal carries,
 * since most validators have them already. As for {@link Block}, the header commits to all of it.
 */
public final class CompactBlock {
  private static final int VERSION = 1;

  private final RelayHeader header;
  private final Hash32 id;
  private final List<Hash32> transactionIds;
  private final Optional<CommitCertificate> lastCommit;
  private final List<Evidence> evidence;

  /**
   * @param transactionIds SHA-256 of each transaction
   * @param lastCommit certificate of the parent; empty exactly in block 1
   * @throws IllegalArgumentException if this is not what the header names or is over a limit
   */
  public CompactBlock(
      RelayHeader header,
      List<Hash32> transactionIds,
      Optional<CommitCertificate> lastCommit,
      List<Evidence> evidence) {
    this.header = header;
    this.transactionIds = List.copyOf(transactionIds);
    this.lastCommit = lastCommit;
    this.evidence = List.copyOf(evidence);
    if (transactionIds.size() > ConsensusLimits.MAX_TRANSACTIONS
        || evidence.size() > ConsensusLimits.MAX_EVIDENCE) {
      throw new IllegalArgumentException("too many transactions or evidence");
    }
    if (!header.txRoot().equals(MerkleRoot.of(this.transactionIds))
        || !header.lastCommitHash().equals(Block.lastCommitHash(lastCommit))
        || !header.evidenceRoot().equals(Block.evidenceRoot(evidence))) {
      throw new IllegalArgumentException("the content is not the one the header names");
    }
    if (lastCommit.isPresent() != header.height() > 1) {
      throw new IllegalArgumentException("every block but the first carries its parent's commit");
    }
    this.id = header.id();
  }

  public static CompactBlock of(Block block) {
    return new CompactBlock(
        block.header(),
        block.transactions().stream().map(Digests::sha256).toList(),
        block.lastCommit(),
        block.evidence());
  }

  /**
   * The whole block.
   *
   * @throws IllegalArgumentException if these are not its transactions, in their order
   */
  public Block with(List<Bytes> transactions) {
    return new Block(header, transactions, lastCommit, evidence);
  }

  public RelayHeader header() {
    return header;
  }

  /** {@link RelayHeader#id()}. */
  public Hash32 id() {
    return id;
  }

  public long height() {
    return header.height();
  }

  public List<Hash32> transactionIds() {
    return transactionIds;
  }

  public Optional<CommitCertificate> lastCommit() {
    return lastCommit;
  }

  public List<Evidence> evidence() {
    return evidence;
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Rejects as malformed what is not canonical, over a limit, or not what the header names. */
  public static Verdict<CompactBlock> decode(Bytes encoded) {
    return Decoding.verdict(encoded, ConsensusLimits.MAX_BLOCK_BYTES, CompactBlock::read);
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION);
    header.write(out);
    out.optional(lastCommit, (to, certificate) -> certificate.write(to));
    out.list(transactionIds, CanonicalWriter::hash);
    out.list(evidence, (to, each) -> each.write(to));
  }

  static CompactBlock read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown compact block version");
    }
    RelayHeader header = RelayHeader.read(in);
    Optional<CommitCertificate> lastCommit = in.optional(CommitCertificate::read);
    List<Hash32> ids = in.list(ConsensusLimits.MAX_TRANSACTIONS, CanonicalReader::hash);
    List<Evidence> evidence = in.list(ConsensusLimits.MAX_EVIDENCE, Evidence::read);
    return new CompactBlock(header, ids, lastCommit, evidence);
  }

  /** By id, which stands for the whole content. */
  @Override
  public boolean equals(Object other) {
    return other instanceof CompactBlock that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "CompactBlock[" + height() + ", " + id.toHex().substring(0, 8) + "]";
  }
}
