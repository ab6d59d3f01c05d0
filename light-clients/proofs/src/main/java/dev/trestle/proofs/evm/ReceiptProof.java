package dev.trestle.proofs.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.ProofError;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.util.List;
import java.util.TreeMap;

/**
 * Proof that a receipt stands at an index under a header's receipts root (Yellow Paper 4.3.2;
 * EIP-2718). Refuses with the codes of {@link MptProof}, with {@link ProofError#MALFORMED} for what
 * is no receipt with a status, and with {@link ProofError#INDEX_OUT_OF_RANGE}.
 */
public final class ReceiptProof {
  /** Transactions of one block, far above what any gas limit allows. */
  public static final long MAX_INDEX = 1L << 20;

  private ReceiptProof() {}

  /** Key of a transaction's receipt in the trie: the RLP of its index. */
  public static Bytes key(long transactionIndex) {
    return Rlp.encode(RlpItem.of(transactionIndex));
  }

  /** The trie of a block's receipts, in transaction order, to prove from. */
  public static MerklePatriciaTrie trie(List<EvmReceipt> receipts) {
    TreeMap<Bytes, Bytes> entries = new TreeMap<>();
    for (int i = 0; i < receipts.size(); i++) {
      entries.put(key(i), receipts.get(i).encode());
    }
    return new MerklePatriciaTrie(entries);
  }

  /** The receipt of transaction {@code transactionIndex}, proved by {@code nodes}. */
  public static Verdict<EvmReceipt> receipt(
      Hash32 receiptsRoot, long transactionIndex, List<Bytes> nodes) {
    if (transactionIndex < 0 || transactionIndex > MAX_INDEX) {
      return Verdict.reject(ProofError.INDEX_OUT_OF_RANGE, "transaction " + transactionIndex);
    }
    return MptProof.get(receiptsRoot, key(transactionIndex), nodes)
        .then(
            encoded -> {
              try {
                return Verdict.accept(EvmReceipt.decode(encoded));
              } catch (DecodeException e) {
                return Verdict.reject(ProofError.MALFORMED, String.valueOf(e.getMessage()));
              }
            });
  }

  /** Log {@code logIndex} of that receipt, counted within the receipt. */
  public static Verdict<EvmLog> log(EvmReceipt receipt, long logIndex) {
    if (logIndex < 0 || logIndex >= receipt.logs().size()) {
      return Verdict.reject(
          ProofError.INDEX_OUT_OF_RANGE, "log " + logIndex + " of " + receipt.logs().size());
    }
    return Verdict.accept(receipt.logs().get((int) logIndex));
  }
}
