package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Proof that a transaction is in a block. Bytes: {@code u8 version = 1 | b32 block hash, wire order
 * | u32 index | list of b32 siblings | bytes coinbase transaction without witness | list of b32
 * siblings of the coinbase}.
 *
 * <p>The coinbase is proved along with it, at a branch of the same length. That pins the depth of
 * the tree, so that neither an inner node passes for a transaction nor a transaction for an inner
 * node (CVE-2017-12842).
 *
 * <p>Rejects with {@code budget-exceeded}, {@code malformed} (also a claim that is too large),
 * {@code trailing-bytes}, {@code not-in-best-chain} (another block), {@code inner-node-as-tx} (64
 * bytes), {@code path-mismatch} (a transaction of another id), {@code branch-length} (not as deep
 * as the coinbase, or deeper than any block), {@code index-out-of-range}, {@code root-mismatch},
 * {@code duplicate-subtree} (CVE-2012-2459) and {@code bad-coinbase-proof} (not the block's first
 * transaction).
 */
public record TransactionInclusion(
    Hash32 block, MerkleBranch branch, Bytes coinbase, List<Hash32> coinbaseSiblings) {
  /** Size in bytes at which a transaction could be an inner node of the tree. */
  public static final int INNER_NODE_SIZE = 64;

  private static final int VERSION = 1;
  private static final int SHA256_BLOCK = 64;

  public TransactionInclusion {
    coinbaseSiblings = List.copyOf(coinbaseSiblings);
  }

  /**
   * Proves the transaction at {@code index} of a block.
   *
   * @param block block hash, wire order
   * @param txIds ids of all its transactions in block order, wire order
   * @param coinbase its first transaction, with or without witness
   * @throws IllegalArgumentException if {@code coinbase} is not the first of {@code txIds}
   */
  public static TransactionInclusion proof(
      Hash32 block, List<Hash32> txIds, int index, Bytes coinbase) {
    BitcoinTransaction first = BitcoinTransaction.parse(coinbase).orThrow();
    if (index < 0 || index >= txIds.size() || !first.txId().equals(txIds.getFirst())) {
      throw new IllegalArgumentException("not the coinbase or the index of this block");
    }
    return new TransactionInclusion(
        block,
        MerkleBranch.of(txIds, index),
        first.serializeStripped(),
        MerkleBranch.of(txIds, 0).siblings());
  }

  /**
   * Proves a transaction from what a node's {@code gettxoutproof} says of it and of the coinbase,
   * without the block. Rejects a proof that does not mark both.
   *
   * @param coinbase the block's first transaction, with or without witness
   */
  public static Verdict<TransactionInclusion> proof(
      MerkleBlock block, Hash32 txId, Bytes coinbase) {
    return BitcoinTransaction.parse(coinbase)
        .then(
            first -> {
              Optional<MerkleBranch> own = block.branch(txId);
              Optional<MerkleBranch> zero =
                  block.branch(first.txId()).filter(branch -> branch.index() == 0);
              return own.isEmpty() || zero.isEmpty()
                  ? Verdict.reject(RejectionCode.BAD_COINBASE_PROOF, "not both are marked")
                  : Verdict.accept(
                      new TransactionInclusion(
                          block.header().id(),
                          own.get(),
                          first.serializeStripped(),
                          zero.get().siblings()));
            });
  }

  /**
   * The whole claim for a transaction.
   *
   * @param transaction with or without witness; the claim carries it without
   */
  public Claim claim(Bytes transaction) {
    BitcoinTransaction parsed = BitcoinTransaction.parse(transaction).orThrow();
    return new Claim(parsed.txId().bytes(), parsed.serializeStripped(), encode());
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .hash(block)
        .u32(branch.index())
        .list(branch.siblings(), CanonicalWriter::hash)
        .bytes(coinbase)
        .list(coinbaseSiblings, CanonicalWriter::hash)
        .toBytes();
  }

  /**
   * @throws DecodeException if these are not the bytes of a proof
   */
  public static TransactionInclusion decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in -> {
          if (in.u8() != VERSION) {
            throw new DecodeException("unknown version of an inclusion proof");
          }
          Hash32 block = in.hash();
          long index = in.u32();
          List<Hash32> siblings = in.list(MerkleBranch.MAX_DEPTH, CanonicalReader::hash);
          Bytes coinbase = in.bytes(Claim.MAX_PROOF);
          List<Hash32> others = in.list(MerkleBranch.MAX_DEPTH, CanonicalReader::hash);
          return new TransactionInclusion(
              block, new MerkleBranch(index, siblings), coinbase, others);
        });
  }

  /** What {@link #verify} established. */
  record Proven(Bytes stripped, StoredHeader block) {}

  /**
   * @param bestChain the header of an id, if it is on the best chain
   */
  static Verdict<Proven> verify(
      Claim claim, Function<Hash32, Optional<StoredHeader>> bestChain, Budget budget) {
    long blocks = (claim.value().size() + (long) claim.proof().size()) / SHA256_BLOCK;
    if (!budget.charge(2 * Budget.HASH * (blocks + 2 * MerkleBranch.MAX_DEPTH))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "inclusion proof");
    }
    if (claim.value().size() > Claim.MAX_VALUE || claim.proof().size() > Claim.MAX_PROOF) {
      return Verdict.reject(RejectionCode.MALFORMED, "claim over its size limits");
    }
    return leaf(claim)
        .then(
            stripped -> {
              TransactionInclusion proof;
              try {
                proof = decode(claim.proof());
              } catch (DecodeException e) {
                return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
              }
              Optional<StoredHeader> header = bestChain.apply(proof.block());
              if (header.isEmpty()) {
                return Verdict.reject(
                    RejectionCode.NOT_IN_BEST_CHAIN, proof.block().toReversedHex());
              }
              Hash32 root = header.get().header().merkleRoot();
              Hash32 txId = new Hash32(claim.path());
              return proof
                  .verify(root, txId)
                  .then(done -> Verdict.accept(new Proven(stripped, header.get())));
            });
  }

  /** The claimed transaction without witness, if it has the claimed id. */
  private static Verdict<Bytes> leaf(Claim claim) {
    if (claim.value().size() == INNER_NODE_SIZE) {
      return Verdict.reject(RejectionCode.INNER_NODE_AS_TX, "64 bytes");
    }
    return BitcoinTransaction.parse(claim.value())
        .then(
            transaction -> {
              Bytes stripped = transaction.serializeStripped();
              if (stripped.size() == INNER_NODE_SIZE) {
                return Verdict.reject(RejectionCode.INNER_NODE_AS_TX, "64 bytes");
              }
              return Digests.sha256d(stripped).bytes().equals(claim.path())
                  ? Verdict.accept(stripped)
                  : Verdict.reject(RejectionCode.PATH_MISMATCH, "not the transaction of this id");
            });
  }

  private Verdict<Hash32> verify(Hash32 root, Hash32 txId) {
    if (branch.siblings().size() != coinbaseSiblings.size()) {
      return Verdict.reject(
          RejectionCode.BRANCH_LENGTH, "transaction and coinbase are at different depths");
    }
    return branch.verify(root, txId, OptionalLong.empty()).then(same -> verifyCoinbase(root));
  }

  private Verdict<Hash32> verifyCoinbase(Hash32 root) {
    boolean isCoinbase =
        BitcoinTransaction.parse(coinbase)
                instanceof Verdict.Accepted<BitcoinTransaction>(var first)
            && first.isCoinbase()
            && !first.hasWitness()
            && coinbase.size() != INNER_NODE_SIZE;
    boolean leads =
        isCoinbase
            && new MerkleBranch(0, coinbaseSiblings)
                .verify(root, Digests.sha256d(coinbase), OptionalLong.empty())
                .isAccepted();
    return leads
        ? Verdict.accept(root)
        : Verdict.reject(RejectionCode.BAD_COINBASE_PROOF, "not the block's first transaction");
  }
}
