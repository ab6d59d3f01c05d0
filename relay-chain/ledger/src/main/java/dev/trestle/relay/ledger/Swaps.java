package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SwapRecord;
import dev.trestle.relay.ledger.record.SwapTerms;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;

/** Agreements on atomic swaps: the ledger keeps the terms, it holds nothing. */
final class Swaps {
  private Swaps() {}

  static Outcome agree(Execution x, TransactionBody.AgreeSwap body) {
    SwapTerms terms = body.terms();
    Hash32 id = Approvals.swapTerms(x.hubId(), terms);
    if (x.view().swap(id).isPresent()) {
      return new Outcome.Existing();
    }
    for (SwapTerms.Leg leg : List.of(terms.first(), terms.second())) {
      Verdict<Clients.Usable> usable = Clients.carrying(x, leg.asset().chain());
      if (!usable.isAccepted()) {
        return Outcome.refuse(usable);
      }
    }
    if (terms.hash().isZero()
        || terms.first().amount().isZero()
        || terms.second().amount().isZero()
        || terms.first().asset().equals(terms.second().asset())
        || body.initiator().equals(body.participant())) {
      return Outcome.refuse(LedgerCode.INVALID_SWAP, "hash, amounts, assets or parties");
    }
    if (terms.second().expirySeconds() <= x.block().seconds()
        || terms.first().expirySeconds() <= terms.second().expirySeconds()) {
      return Outcome.refuse(
          LedgerCode.UNSAFE_TIMELOCK, "the initiator's lock must expire after the other one");
    }
    if (x.view().swapByHash(terms.hash()).isPresent()) {
      return Outcome.refuse(LedgerCode.HASH_REUSED, terms.hash().toHex());
    }
    if (!x.budget().charge(2 * Budget.SIGNATURE)) {
      return Outcome.refuse(LedgerCode.BUDGET_EXHAUSTED, "signatures");
    }
    Secp256k1 curve = Secp256k1.instance();
    boolean signed =
        curve.recover(body.initiatorSignature(), id).filter(body.initiator()::equals).isPresent()
            && curve
                .recover(body.participantSignature(), id)
                .filter(body.participant()::equals)
                .isPresent();
    if (!signed) {
      return Outcome.refuse(LedgerCode.NOT_AUTHORISED, "both parties sign the terms");
    }
    SwapRecord record =
        new SwapRecord(id, terms, body.initiator(), body.participant(), x.block().height());
    x.put(StateKeys.swap(id), record.encode());
    x.put(StateKeys.swapHash(terms.hash()), id.bytes());
    x.emit(new LedgerEvent.SwapAgreed(id, terms.hash()));
    return Outcome.APPLIED;
  }
}
