package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import java.util.ArrayList;
import java.util.List;

/** A header and all its transactions, which lead to its Merkle root. */
public record FullBlock(BlockHeader header, List<BitcoinTransaction> transactions) {
  /** Bytes of a block of 4,000,000 weight units. */
  public static final int MAX_SIZE = 4_000_000;

  public FullBlock {
    transactions = List.copyOf(transactions);
  }

  /**
   * Rejects anything but one whole block: {@link RejectionCode#MALFORMED}, {@link
   * RejectionCode#TRAILING_BYTES}, {@link RejectionCode#ROOT_MISMATCH}, a first transaction that is
   * no coinbase or a later one that is ({@link RejectionCode#BAD_COINBASE_PROOF}), and a list of
   * transactions with a repeated end ({@link RejectionCode#DUPLICATE_SUBTREE}, CVE-2012-2459).
   * Neither proof of work nor witnesses are checked.
   */
  public static Verdict<FullBlock> parse(Bytes raw) {
    if (raw.size() > MAX_SIZE || raw.size() <= BlockHeader.SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, raw.size() + " bytes");
    }
    BlockHeader header = BlockHeader.of(raw.slice(0, BlockHeader.SIZE));
    List<BitcoinTransaction> transactions = new ArrayList<>();
    try {
      WireReader in = new WireReader(raw.slice(BlockHeader.SIZE, raw.size()));
      int count = in.compactSize(MerkleBlock.MAX_TRANSACTIONS);
      for (int i = 0; i < count; i++) {
        transactions.add(BitcoinTransaction.read(in));
      }
      if (in.remaining() != 0) {
        return Verdict.reject(RejectionCode.TRAILING_BYTES, in.remaining() + " bytes");
      }
    } catch (DecodeException | IllegalArgumentException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    return check(new FullBlock(header, transactions));
  }

  private static Verdict<FullBlock> check(FullBlock block) {
    List<BitcoinTransaction> transactions = block.transactions();
    for (int i = 0; i < transactions.size(); i++) {
      if (transactions.get(i).isCoinbase() != (i == 0)) {
        return Verdict.reject(RejectionCode.BAD_COINBASE_PROOF, "transaction " + i);
      }
    }
    List<Hash32> ids = block.txIds();
    if (ids.isEmpty() || !MerkleBranch.root(ids).equals(block.header().merkleRoot())) {
      return Verdict.reject(RejectionCode.ROOT_MISMATCH, "not the transactions of the header");
    }
    return MerkleBranch.hasRepeatedPair(ids)
        ? Verdict.reject(RejectionCode.DUPLICATE_SUBTREE, "a repeated end")
        : Verdict.accept(block);
  }

  /** Ids in block order, wire order. */
  public List<Hash32> txIds() {
    return transactions.stream().map(BitcoinTransaction::txId).toList();
  }
}
