package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.ProofError;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.util.List;
import java.util.Optional;

/**
 * Checks that a log stands where a claim says, in a receipt that did not revert (Yellow Paper 4.3.1
 * and appendix D, EIP-2718).
 *
 * <p>Rejects with {@code budget-exceeded}, {@code malformed}, {@code path-mismatch} (a log of
 * another contract), {@code unknown-height} (no header there), {@code root-mismatch}, {@code
 * branch-length} (nodes missing or too many), {@code index-out-of-range} (no such receipt or log),
 * {@code receipt-reverted} and {@code value-mismatch} (another log).
 */
final class LogClaimCheck {
  /** Bytes of proof that one unit of hashing covers. */
  private static final int BYTES_PER_UNIT = 64;

  private LogClaimCheck() {}

  static Verdict<ProvenFact> check(ClientView view, Claim claim, Budget budget) {
    long size = (long) claim.proof().size() + claim.value().size();
    if (!budget.charge(Budget.HASH * (size / BYTES_PER_UNIT + 1))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    LogPosition position;
    EvmLog log;
    List<Bytes> nodes;
    try {
      position = LogPosition.decode(claim.path());
      log = EvmLog.decode(claim.value());
      nodes = LogPosition.decodeProof(claim.proof());
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!log.address().equals(position.emitter())) {
      return Verdict.reject(RejectionCode.PATH_MISMATCH, "emitted by " + log.address());
    }
    Optional<KnownHeader> header = AttestedState.header(view, position.height());
    if (header.isEmpty()) {
      return Verdict.reject(
          RejectionCode.UNKNOWN_HEIGHT, "no header at height " + position.height());
    }
    return translate(
            ReceiptProof.receipt(header.get().receiptsRoot(), position.transactionIndex(), nodes))
        .then(receipt -> contains(receipt, position, log))
        .then(
            found ->
                Verdict.accept(
                    new ProvenFact(
                        claim.path(), claim.value(), header.get().ref(), ProvenFact.FINAL)));
  }

  private static Verdict<EvmLog> contains(EvmReceipt receipt, LogPosition position, EvmLog log) {
    if (!receipt.success()) {
      return Verdict.reject(RejectionCode.RECEIPT_REVERTED, "the transaction had no effect");
    }
    return translate(ReceiptProof.log(receipt, position.logIndex()))
        .then(
            found ->
                found.equals(log)
                    ? Verdict.accept(found)
                    : Verdict.reject(RejectionCode.VALUE_MISMATCH, "another log stands there"));
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
