package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/**
 * Registration of a chain. Every replica runs the light client on live headers and on forged ones
 * before the chain exists: a client that accepts a forgery, or anything, is not let in.
 */
final class Registration {
  /** Most chains of one hub. */
  static final int MAX_CHAINS = 256;

  /** Largest sample in bytes: bounds the number of forgeries. */
  static final int MAX_SAMPLE = 16_384;

  /** One forgery for every so many bytes; smaller than half of any header. */
  static final int FORGERY_STRIDE = 32;

  /**
   * Flips in one stretch until one is refused. More than one is only needed where a header of
   * trivial difficulty stays valid when it is altered, as on regression-test networks.
   */
  static final int FLIPS_PER_STRETCH = 24;

  /** Work of the whole dry run, in transaction budgets. */
  static final long DRY_RUN_BUDGETS = 8;

  private static final long MAX_CONFIRMATIONS = 16_383;

  private Registration() {}

  static Outcome register(Execution x, TransactionBody.RegisterChain body) {
    if (x.view().isPaused(new PauseSubject.Everything())) {
      return Outcome.refuse(LedgerCode.PAUSED, "everything");
    }
    if (body.name().isEmpty()
        || body.adapterId().isEmpty()
        || body.confirmations() < 1
        || body.confirmations() > MAX_CONFIRMATIONS
        || body.bridgeContract().filter(Bytes::isEmpty).isPresent()
        || body.sample().isEmpty()
        || body.sample().size() > MAX_SAMPLE) {
      return Outcome.refuse(LedgerCode.INVALID_REGISTRATION, body.chain().toString());
    }
    if (x.view().chain(body.chain()).isPresent()) {
      return Outcome.refuse(LedgerCode.CHAIN_EXISTS, body.chain().toString());
    }
    if (x.view().chains().size() >= MAX_CHAINS) {
      return Outcome.refuse(LedgerCode.TOO_MANY_CHAINS, "at most " + MAX_CHAINS);
    }
    Verdict<Integer> approved =
        Governance.approve(
            x,
            Approvals.registerChain(x.hubId(), x.view().governance().epoch(), body),
            body.approvals());
    if (!approved.isAccepted()) {
      return Outcome.refuse(approved);
    }
    Optional<LightClientFamily> family = x.families().get(body.clientType());
    if (family.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_CLIENT_TYPE, body.clientType());
    }
    return dryRun(x, body, family.get().client());
  }

  private static Outcome dryRun(
      Execution x, TransactionBody.RegisterChain body, LightClient client) {
    // Dearer than any transaction may be, and approvals of a registration that failed can be sent
    // again by anyone: it uses up what its transaction may cost, so that a block holds few of it.
    x.budget().charge(x.budget().left());
    Budget budget =
        new Budget(
            Math.multiplyExact(x.genesis().parameters().transactionBudget(), DRY_RUN_BUDGETS));
    Verdict<ClientDelta> initialised =
        Clients.guarded(() -> client.initialize(body.anchor(), budget));
    if (!(initialised instanceof Verdict.Accepted<ClientDelta>(ClientDelta start))) {
      return refuse(LedgerCode.ANCHOR_REFUSED, initialised);
    }
    ClientView fresh = start.over(key -> Optional.empty());
    long now = x.block().seconds();
    Verdict<VerifiedUpdate> verified =
        Clients.guarded(() -> client.verify(fresh, body.sample(), budget, now));
    if (!(verified instanceof Verdict.Accepted<VerifiedUpdate>(VerifiedUpdate update))) {
      return refuse(LedgerCode.SAMPLE_REFUSED, verified);
    }
    ClientDelta applied = client.apply(fresh, update);
    ClientView after = applied.over(fresh);
    HeaderRef anchor = client.latest(fresh);
    HeaderRef head = client.latest(after);
    if (head.height() <= anchor.height() || head.id().isZero()) {
      return Outcome.refuse(LedgerCode.SAMPLE_REFUSED, "the sample brings no new header");
    }
    if (!client.status(after, now).mayVerify()) {
      return Outcome.refuse(LedgerCode.SAMPLE_REFUSED, "the client may not verify");
    }
    Verdict<Integer> refused = refusesForgeries(client, fresh, body.sample(), budget, now);
    if (!refused.isAccepted()) {
      return Outcome.refuse(refused);
    }
    Clients.write(x, body.chain(), start);
    Clients.write(x, body.chain(), applied);
    record(x, body, head);
    return Outcome.APPLIED;
  }

  private static void record(Execution x, TransactionBody.RegisterChain body, HeaderRef head) {
    ChainRecord record =
        new ChainRecord(
            body.chain(),
            body.name(),
            body.adapterId(),
            body.clientType(),
            Digests.sha256(body.anchor()),
            body.confirmations(),
            body.bridgeContract(),
            body.limits(),
            ChainRecord.Status.PROBATION,
            head.height(),
            Math.addExact(head.height(), x.genesis().parameters().probationHeaders()),
            x.block().height());
    x.put(StateKeys.chain(body.chain()), record.encode());
    x.emit(new LedgerEvent.ChainRegistered(body.chain(), body.clientType(), head.height()));
  }

  /**
   * Accepts when in every stretch of the message a flipped bit makes the client refuse it. The
   * positions follow from the message itself, so that all replicas try the same.
   */
  static Verdict<Integer> refusesForgeries(
      LightClient client, ClientView view, Bytes message, Budget budget, long now) {
    int forgeries = 0;
    for (int from = 0; from < message.size(); from += FORGERY_STRIDE) {
      int length = Math.min(FORGERY_STRIDE, message.size() - from);
      boolean refused = false;
      for (int flip = 0; flip < FLIPS_PER_STRETCH && !refused; flip++) {
        Bytes forged = flipBit(message, from, length, flip);
        Verdict<VerifiedUpdate> verdict =
            Clients.guarded(() -> client.verify(view, forged, budget, now));
        if (budget.left() == 0) {
          return Verdict.reject(LedgerCode.BUDGET_EXHAUSTED, "the dry run costs too much");
        }
        if (verdict instanceof Verdict.Rejected<VerifiedUpdate> rejected
            && rejected.reason() == LedgerCode.CLIENT_FAULT) {
          return Verdict.reject(LedgerCode.CLIENT_FAULT, "a forgery made the client fail");
        }
        refused = !verdict.isAccepted();
        forgeries++;
      }
      if (!refused) {
        return Verdict.reject(
            LedgerCode.FORGERY_ACCEPTED, "bytes " + from + " to " + (from + length));
      }
    }
    return Verdict.accept(forgeries);
  }

  private static Bytes flipBit(Bytes message, int from, int length, int flip) {
    Hash32 choice =
        Digests.sha256(
            message, Bytes.of(new byte[] {(byte) (from >>> 8), (byte) from, (byte) flip}));
    byte[] forged = message.toArray();
    forged[from + choice.bytes().at(0) % length] ^= (byte) (1 << (choice.bytes().at(1) & 7));
    return Bytes.wrap(forged);
  }

  private static Outcome refuse(LedgerCode code, Verdict<?> verdict) {
    return Outcome.refuse(verdict) instanceof Outcome.Refused refused
        ? Outcome.refuse(code, refused.code().code() + ": " + refused.detail())
        : Outcome.refuse(code, "");
  }
}
