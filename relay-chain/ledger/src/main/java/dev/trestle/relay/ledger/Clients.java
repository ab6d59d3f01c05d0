package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import java.util.Optional;
import java.util.function.Supplier;

/** The only way from the ledger to a light client: nothing is asked of one that may not verify. */
final class Clients {
  private Clients() {}

  /** A registered chain with a client that may verify. */
  record Usable(ChainRecord record, LightClientFamily family, ClientView view) {
    LightClient client() {
      return family.client();
    }

    ChainId chain() {
      return record.chain();
    }

    HeaderRef head() {
      return family.client().latest(view);
    }
  }

  /** A registered, unpaused chain whose client is neither frozen nor expired. */
  static Verdict<Usable> usable(Execution x, ChainId chain) {
    Optional<ChainRecord> record = x.view().chain(chain);
    if (record.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_CHAIN, chain.toString());
    }
    if (x.isPaused(chain)) {
      return Verdict.reject(LedgerCode.PAUSED, chain.toString());
    }
    Optional<LightClientFamily> family = x.families().get(record.get().clientType());
    if (family.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_CLIENT_TYPE, record.get().clientType());
    }
    ClientView view = x.view().clientView(chain);
    return switch (family.get().client().status(view, x.block().seconds())) {
      case FROZEN -> Verdict.reject(LedgerCode.CLIENT_FROZEN, chain.toString());
      case EXPIRED -> Verdict.reject(LedgerCode.CLIENT_EXPIRED, chain.toString());
      case ACTIVE, EXPIRING -> Verdict.accept(new Usable(record.get(), family.get(), view));
    };
  }

  /** A chain out of probation, whatever its pause and its client: for what needs no proof. */
  static Verdict<Usable> registered(Execution x, ChainId chain) {
    Optional<ChainRecord> record = x.view().chain(chain);
    if (record.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_CHAIN, chain.toString());
    }
    if (record.get().status() != ChainRecord.Status.ACTIVE) {
      return Verdict.reject(LedgerCode.CHAIN_NOT_ACTIVE, chain.toString());
    }
    Optional<LightClientFamily> family = x.families().get(record.get().clientType());
    return family.isPresent()
        ? Verdict.accept(new Usable(record.get(), family.get(), x.view().clientView(chain)))
        : Verdict.reject(LedgerCode.UNKNOWN_CLIENT_TYPE, record.get().clientType());
  }

  /** As {@link #usable}, and out of probation: only such a chain carries value. */
  static Verdict<Usable> carrying(Execution x, ChainId chain) {
    return usable(x, chain)
        .then(
            usable ->
                usable.record().status() == ChainRecord.Status.ACTIVE
                    ? Verdict.accept(usable)
                    : Verdict.reject(LedgerCode.CHAIN_NOT_ACTIVE, chain.toString()));
  }

  /** Whether the client's best header is recent, so that it tells how far its chain has come. */
  static boolean isCurrent(Execution x, Usable chain) {
    return chain.client().status(chain.view(), x.block().seconds()) == ClientStatus.ACTIVE;
  }

  /**
   * Lets the client check a claim. What comes back is bound to exactly the claimed path and value,
   * to a block that exists and to at least {@code confirmations}.
   */
  static Verdict<ProvenFact> prove(Execution x, Usable chain, Claim claim, long confirmations) {
    Verdict<ProvenFact> verdict =
        x.ask(new Question.Membership(chain.family(), chain.chain(), claim), chain.view());
    return bound(x, chain, claim, confirmations, verdict);
  }

  /**
   * Lets the client check that nothing stands under the path of {@code claim}, bound as {@link
   * #prove} is. Something that does stand there has a code of its own.
   */
  static Verdict<ProvenFact> proveAbsent(
      Execution x, Usable chain, Claim claim, long confirmations) {
    Verdict<ProvenFact> verdict =
        x.ask(
            new Question.NonMembership(chain.family(), chain.chain(), claim.path(), claim.proof()),
            chain.view());
    return verdict instanceof Verdict.Rejected<ProvenFact> rejected
            && rejected.reason() == RejectionCode.VALUE_MISMATCH
        ? Verdict.reject(LedgerCode.PACKET_RECEIVED, rejected.detail())
        : bound(x, chain, claim, confirmations, verdict);
  }

  private static Verdict<ProvenFact> bound(
      Execution x, Usable chain, Claim claim, long confirmations, Verdict<ProvenFact> verdict) {
    return verdict.then(
        fact -> {
          if (!fact.path().equals(claim.path())
              || !fact.value().equals(claim.value())
              || fact.block().id().isZero()) {
            return Verdict.reject(LedgerCode.CLIENT_FAULT, "another fact than the claimed one");
          }
          if (confirmations < 1 || fact.confirmations() < confirmations) {
            return Verdict.reject(
                LedgerCode.NOT_ENOUGH_CONFIRMATIONS, fact.confirmations() + " of " + confirmations);
          }
          x.facts().add(new Step.Fact(chain.chain(), fact));
          return Verdict.accept(fact);
        });
  }

  /** Verifies and applies new headers. */
  static Outcome update(Execution x, Usable chain, Bytes message) {
    Verdict<ClientDelta> verdict =
        x.ask(
            new Question.Update(chain.family(), chain.chain(), message, x.block().seconds()),
            chain.view());
    if (!(verdict instanceof Verdict.Accepted<ClientDelta>(ClientDelta delta))) {
      return Outcome.refuse(verdict);
    }
    HeaderRef head = chain.client().latest(delta.over(chain.view()));
    // A branch with more work and fewer blocks exists only where difficulty jumps; it has to grow.
    if (head.height() < chain.record().headHeight()) {
      return Outcome.refuse(
          LedgerCode.HEIGHT_REGRESSED, chain.record().headHeight() + " to " + head.height());
    }
    write(x, chain.chain(), delta);
    ChainRecord next = chain.record().withHead(head.height());
    x.put(StateKeys.chain(next.chain()), next.encode());
    x.emit(new LedgerEvent.ClientUpdated(next.chain(), head.height(), head.id()));
    if (next.status() != chain.record().status()) {
      x.emit(new LedgerEvent.ChainActive(next.chain(), head.height()));
    }
    return Outcome.APPLIED;
  }

  /** Proof of misbehaviour counts also while the chain is paused. */
  static Outcome misbehaviour(Execution x, ChainId chain, Bytes evidence) {
    Optional<ChainRecord> record = x.view().chain(chain);
    if (record.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_CHAIN, chain.toString());
    }
    Optional<LightClientFamily> family = x.families().get(record.get().clientType());
    if (family.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_CLIENT_TYPE, record.get().clientType());
    }
    LightClient client = family.get().client();
    ClientView view = x.view().clientView(chain);
    if (client.status(view, x.block().seconds()) == ClientStatus.FROZEN) {
      return Outcome.refuse(LedgerCode.CLIENT_FROZEN, chain.toString());
    }
    Verdict<ClientDelta> verdict =
        x.ask(new Question.Misbehaviour(family.get(), chain, evidence, x.block().seconds()), view);
    if (!(verdict instanceof Verdict.Accepted<ClientDelta>(ClientDelta delta))) {
      return Outcome.refuse(verdict);
    }
    write(x, chain, delta);
    if (client.status(view, x.block().seconds()) != ClientStatus.FROZEN) {
      return Outcome.refuse(LedgerCode.CLIENT_FAULT, "misbehaviour did not freeze the client");
    }
    x.emit(new LedgerEvent.ClientFrozen(chain));
    return Outcome.APPLIED;
  }

  static void write(Execution x, ChainId chain, ClientDelta delta) {
    Bytes prefix = StateKeys.client(chain);
    delta
        .writes()
        .forEach(
            (key, value) -> {
              Bytes full = Bytes.concat(prefix, key);
              if (value.isPresent()) {
                x.put(full, value.get());
              } else {
                x.overlay().delete(full);
              }
            });
  }

  /**
   * Runs family code on untrusted input. An exception there is a bug of the family, the same on
   * every node; it refuses the input and must not stop the chain.
   */
  static <T> Verdict<T> guarded(Supplier<Verdict<T>> familyCode) {
    try {
      return familyCode.get();
    } catch (StorageFault storage) {
      throw storage;
    } catch (RuntimeException fault) {
      return Verdict.reject(LedgerCode.CLIENT_FAULT, fault.getClass().getSimpleName());
    }
  }
}
