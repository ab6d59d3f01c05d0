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
 * A header and the body it commits to. The constructor checks that the body is the one the header
 * names, so that an id stands for exactly one body: otherwise a liar could attach a bad body to a
 * good id and have honest nodes refuse the block for ever.
 */
public final class Block {
  private static final int VERSION = 1;

  private final RelayHeader header;
  private final Hash32 id;
  private final List<Bytes> transactions;
  private final Optional<CommitCertificate> lastCommit;
  private final List<Evidence> evidence;

  /**
   * @param lastCommit certificate of the parent; empty exactly in block 1
   * @throws IllegalArgumentException if the body is not the header's or is over a limit
   */
  public Block(
      RelayHeader header,
      List<Bytes> transactions,
      Optional<CommitCertificate> lastCommit,
      List<Evidence> evidence) {
    this.header = header;
    this.transactions = List.copyOf(transactions);
    this.lastCommit = lastCommit;
    this.evidence = List.copyOf(evidence);
    checkLimits();
    if (!header.txRoot().equals(txRoot(transactions))
        || !header.lastCommitHash().equals(lastCommitHash(lastCommit))
        || !header.evidenceRoot().equals(evidenceRoot(evidence))) {
      throw new IllegalArgumentException("the body is not the one the header names");
    }
    if (lastCommit.isPresent() != header.height() > 1) {
      throw new IllegalArgumentException("every block but the first carries its parent's commit");
    }
    this.id = header.id();
  }

  private void checkLimits() {
    if (transactions.size() > ConsensusLimits.MAX_TRANSACTIONS
        || evidence.size() > ConsensusLimits.MAX_EVIDENCE) {
      throw new IllegalArgumentException("too many transactions or evidence");
    }
    long total = RelayHeader.SIZE + CommitCertificate.MAX_BYTES;
    for (Bytes transaction : transactions) {
      if (transaction.size() > ConsensusLimits.MAX_TRANSACTION_BYTES) {
        throw new IllegalArgumentException("a transaction of " + transaction.size() + " bytes");
      }
      total += transaction.size() + 4L;
    }
    if (total > ConsensusLimits.MAX_BLOCK_BYTES - Evidence.SIZE * ConsensusLimits.MAX_EVIDENCE) {
      throw new IllegalArgumentException("a block of " + total + " bytes");
    }
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

  public List<Bytes> transactions() {
    return transactions;
  }

  public Optional<CommitCertificate> lastCommit() {
    return lastCommit;
  }

  public List<Evidence> evidence() {
    return evidence;
  }

  /** Tree over SHA-256 of each transaction. */
  public static Hash32 txRoot(List<Bytes> transactions) {
    return MerkleRoot.of(transactions.stream().map(Digests::sha256).toList());
  }

  /** Tree over keccak256 of each encoded evidence. */
  public static Hash32 evidenceRoot(List<Evidence> evidence) {
    return MerkleRoot.of(evidence.stream().map(Evidence::hash).toList());
  }

  /** Zero for block 1. */
  public static Hash32 lastCommitHash(Optional<CommitCertificate> lastCommit) {
    return lastCommit.map(CommitCertificate::hash).orElse(Hash32.ZERO);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Rejects as malformed what is not canonical, over a limit, or a body of another header. */
  public static Verdict<Block> decode(Bytes encoded) {
    return Decoding.verdict(encoded, ConsensusLimits.MAX_BLOCK_BYTES, Block::read);
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION);
    header.write(out);
    out.optional(lastCommit, (to, certificate) -> certificate.write(to));
    out.list(transactions, CanonicalWriter::bytes);
    out.list(evidence, (to, each) -> each.write(to));
  }

  static Block read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown block version");
    }
    RelayHeader header = RelayHeader.read(in);
    Optional<CommitCertificate> lastCommit = in.optional(CommitCertificate::read);
    List<Bytes> transactions =
        in.list(
            ConsensusLimits.MAX_TRANSACTIONS,
            from -> from.bytes(ConsensusLimits.MAX_TRANSACTION_BYTES));
    List<Evidence> evidence = in.list(ConsensusLimits.MAX_EVIDENCE, Evidence::read);
    return new Block(header, transactions, lastCommit, evidence);
  }

  /** By id, which stands for the whole content. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Block that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "Block[" + height() + ", " + id.toHex().substring(0, 8) + "]";
  }
}
