package dev.trestle.lightclient.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.ProofError;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import dev.trestle.proofs.evm.StateProof;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Checks claims about an EVM chain below the blocks that a client knows (Yellow Paper, appendix D;
 * EIP-1186; EIP-2718 receipts).
 *
 * <p>Refuses with {@code malformed} (path, value, proof or a trie node has another form), {@code
 * budget-exceeded}, {@code unknown-height} (the known block is not known), {@code bad-prev} (the
 * headers do not lead from the known block down to the claimed one), {@code path-mismatch} (the log
 * is of another contract, or the claim is below or above what the proof reaches), {@code
 * root-mismatch}, {@code branch-length} (nodes missing or too many), {@code index-out-of-range} (no
 * such receipt or log), {@code receipt-reverted}, {@code value-mismatch} (something else, or
 * nothing, stands there; of an absence: something does) and {@code not-supported} (absence of a
 * log).
 */
public final class EvmClaims {
  /** Bytes that one unit of hashing covers. */
  private static final int BYTES_PER_UNIT = 64;

  private final LongFunction<Optional<EvmBlock>> known;
  private final Function<Bytes, EvmHeader> decoder;

  /**
   * @param known the blocks that the client knows, by number
   * @param decoder reads a header's RLP and gives it its hash under the chain's rules; throws
   *     {@link DecodeException}
   */
  public EvmClaims(LongFunction<Optional<EvmBlock>> known, Function<Bytes, EvmHeader> decoder) {
    this.known = known;
    this.decoder = decoder;
  }

  /**
   * Whether the claim holds.
   *
   * @param confirmations of a block by its number
   */
  public Verdict<ProvenFact> membership(
      Claim claim, Budget budget, LongFunction<Long> confirmations) {
    return prepare(claim.path(), claim.value(), claim.proof(), budget)
        .then(
            ready ->
                ready.value().isEmpty()
                    ? Verdict.reject(RejectionCode.VALUE_MISMATCH, "nothing is claimed")
                    : ready.check())
        .then(block -> fact(claim.path(), claim.value(), block, confirmations));
  }

  /** Whether nothing stands under {@code path}: no account, or a slot of zero. */
  public Verdict<ProvenFact> nonMembership(
      Bytes path, Bytes proof, Budget budget, LongFunction<Long> confirmations) {
    return prepare(path, Bytes.EMPTY, proof, budget)
        .then(
            ready ->
                ready.path() instanceof EvmPath.Log
                    ? Verdict.reject(RejectionCode.NOT_SUPPORTED, "no proofs of absence of a log")
                    : ready.check())
        .then(block -> fact(path, Bytes.EMPTY, block, confirmations));
  }

  private static Verdict<ProvenFact> fact(
      Bytes path, Bytes value, EvmBlock block, LongFunction<Long> confirmations) {
    return Verdict.accept(
        new ProvenFact(path, value, block.ref(), confirmations.apply(block.number())));
  }

  /** A decoded claim with the block that it is about. */
  private record Ready(EvmPath path, Bytes value, EvmProof proof, EvmBlock block) {
    Verdict<EvmBlock> check() {
      return switch (path) {
        case EvmPath.Log log -> checkLog(log);
        case EvmPath.Account(long height, EvmAddress address) ->
            account(address)
                .then(
                    found ->
                        storageUnused(found)
                            .then(each -> equal(each.map(EvmAccount::encode), value)));
        case EvmPath.Storage(long height, EvmAddress address, Hash32 slot) ->
            account(address).then(found -> slotValue(found, slot)).then(word -> equal(word, value));
      };
    }

    private Verdict<EvmBlock> checkLog(EvmPath.Log log) {
      EvmLog claimed;
      try {
        claimed = EvmLog.decode(value);
      } catch (DecodeException e) {
        return malformed(e);
      }
      if (!claimed.address().equals(log.emitter().bytes())) {
        return Verdict.reject(RejectionCode.PATH_MISMATCH, "emitted by " + claimed.address());
      }
      return translate(
              ReceiptProof.receipt(block.receiptsRoot(), log.transactionIndex(), proof.nodes()))
          .then(this::storageUnused)
          .then(receipt -> contains(receipt, log, claimed));
    }

    private Verdict<EvmBlock> contains(EvmReceipt receipt, EvmPath.Log log, EvmLog claimed) {
      if (!receipt.success()) {
        return Verdict.reject(RejectionCode.RECEIPT_REVERTED, "the transaction had no effect");
      }
      return translate(ReceiptProof.log(receipt, log.logIndex()))
          .then(
              found ->
                  found.equals(claimed)
                      ? Verdict.accept(block)
                      : Verdict.reject(RejectionCode.VALUE_MISMATCH, "another log stands there"));
    }

    private Verdict<Optional<EvmAccount>> account(EvmAddress address) {
      return translate(StateProof.account(block.stateRoot(), address, proof.nodes()));
    }

    private Verdict<Optional<Bytes>> slotValue(Optional<EvmAccount> account, Hash32 slot) {
      Hash32 root = account.orElse(EvmAccount.EMPTY).storageRoot();
      return translate(StateProof.storage(root, slot, proof.storageNodes()))
          .then(
              word -> Verdict.accept(word.isZero() ? Optional.empty() : Optional.of(word.bytes())));
    }

    private <T> Verdict<T> storageUnused(T passed) {
      return proof.storageNodes().isEmpty()
          ? Verdict.accept(passed)
          : Verdict.reject(RejectionCode.BRANCH_LENGTH, "storage nodes in another claim");
    }

    private Verdict<EvmBlock> equal(Optional<Bytes> found, Bytes claimed) {
      return found.orElse(Bytes.EMPTY).equals(claimed)
          ? Verdict.accept(block)
          : Verdict.reject(RejectionCode.VALUE_MISMATCH, found.isPresent() ? "set" : "not set");
    }
  }

  private Verdict<Ready> prepare(Bytes path, Bytes value, Bytes proof, Budget budget) {
    long size = (long) path.size() + value.size() + proof.size();
    if (!budget.charge(Budget.HASH * (size / BYTES_PER_UNIT + 1))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      EvmPath decodedPath = EvmPath.decode(path);
      EvmProof decodedProof = EvmProof.decode(proof);
      return block(decodedPath, decodedProof)
          .then(block -> Verdict.accept(new Ready(decodedPath, value, decodedProof, block)));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  /** Follows parent hashes from the known block to the claimed one. */
  private Verdict<EvmBlock> block(EvmPath path, EvmProof proof) {
    Optional<EvmBlock> start = known.apply(proof.knownHeight());
    if (start.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + proof.knownHeight());
    }
    List<Bytes> headers = proof.headers();
    if (headers.isEmpty()) {
      return path.height() == proof.knownHeight()
          ? Verdict.accept(start.get())
          : Verdict.reject(RejectionCode.PATH_MISMATCH, "not the block of the claim");
    }
    long distance = proof.knownHeight() - path.height();
    if (distance < 1 || headers.size() != distance + 1) {
      return Verdict.reject(RejectionCode.PATH_MISMATCH, "not a way to the block of the claim");
    }
    Hash32 expected = start.get().hash();
    long number = proof.knownHeight();
    EvmBlock last = start.get();
    for (Bytes rlp : headers) {
      EvmHeader header = decoder.apply(rlp);
      if (!header.hash().equals(expected) || header.number() != number) {
        return Verdict.reject(RejectionCode.BAD_PREV, "at block " + number);
      }
      expected = header.parentHash();
      number--;
      last = EvmBlock.of(header);
    }
    return Verdict.accept(last);
  }

  private static <T> Verdict<T> malformed(DecodeException e) {
    return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
  }

  /** The codes of the proof library as those of light clients. */
  private static <T> Verdict<T> translate(Verdict<T> verdict) {
    return verdict instanceof Verdict.Rejected<T>(ReasonCode reason, String detail)
            && reason instanceof ProofError error
        ? Verdict.reject(code(error), detail)
        : verdict;
  }

  private static RejectionCode code(ProofError error) {
    return switch (error) {
      case MALFORMED -> RejectionCode.MALFORMED;
      case ROOT_MISMATCH -> RejectionCode.ROOT_MISMATCH;
      case PROOF_TOO_SHORT, TRAILING_NODES, TOO_DEEP -> RejectionCode.BRANCH_LENGTH;
      case ABSENT, INDEX_OUT_OF_RANGE -> RejectionCode.INDEX_OUT_OF_RANGE;
    };
  }
}
