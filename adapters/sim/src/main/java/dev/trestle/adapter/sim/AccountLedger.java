package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.sim.SimTransaction.Operation;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Coins as balances with nonces; locks as slots of a contract, each used once. */
final class AccountLedger implements SimLedger {
  private final boolean softExpiry;
  private final Map<Bytes, Amount> balances = new HashMap<>();
  private final Map<PublicKey, Bytes> addresses = new HashMap<>();
  private final Map<Bytes, Long> nonces = new HashMap<>();
  private final Map<Hash32, Slot> slots = new HashMap<>();

  private enum Slot {
    LOCKED,
    DONE
  }

  /**
   * @param softExpiry whether a claim is still valid after the expiry
   */
  AccountLedger(boolean softExpiry) {
    this.softExpiry = softExpiry;
  }

  Bytes addressOf(PublicKey signer) {
    return addresses.computeIfAbsent(signer, key -> key.evmAddress().bytes());
  }

  @Override
  public Outcome check(SimTransaction tx, long time) {
    Bytes from = addressOf(tx.body().signer());
    long nonce = nonceOf(from);
    if (tx.body().nonce() != nonce) {
      return tx.body().nonce() < nonce
          ? new Outcome.Never(AdapterError.REJECTED_BY_CHAIN)
          : new Outcome.NotNow(AdapterError.NOT_FOUND);
    }
    if (balance(from).isLessThan(tx.body().fee().plus(value(tx)))) {
      return new Outcome.NotNow(AdapterError.INSUFFICIENT_FUNDS);
    }
    return switch (tx.body().operation()) {
      case Operation.None none -> new Outcome.Never(AdapterError.REJECTED_BY_CHAIN);
      case Operation.Transfer transfer -> new Outcome.Ok();
      case Operation.Lock(HtlcTerms terms) ->
          time < terms.expirySeconds() && slot(terms).isEmpty() ? new Outcome.Ok() : revert();
      case Operation.Claim(HtlcTerms terms, Hash32 preimage) -> claim(terms, preimage, time);
      case Operation.Refund(HtlcTerms terms) -> {
        if (time < terms.expirySeconds()) {
          yield new Outcome.Reverts(AdapterError.NOT_YET_VALID);
        }
        yield slot(terms).orElse(Slot.DONE) == Slot.LOCKED ? new Outcome.Ok() : revert();
      }
    };
  }

  private Outcome claim(HtlcTerms terms, Hash32 preimage, long time) {
    boolean inTime = softExpiry || time < terms.expirySeconds();
    boolean opens = Digests.sha256(preimage.bytes()).equals(terms.hash());
    boolean locked = slot(terms).orElse(Slot.DONE) == Slot.LOCKED;
    return inTime && opens && locked ? new Outcome.Ok() : revert();
  }

  private static Outcome revert() {
    return new Outcome.Reverts(AdapterError.REJECTED_BY_CHAIN);
  }

  private Optional<Slot> slot(HtlcTerms terms) {
    return Optional.ofNullable(slots.get(SimTransaction.lockKey(terms)));
  }

  private static Amount value(SimTransaction tx) {
    return switch (tx.body().operation()) {
      case Operation.Transfer(Bytes to, Amount amount) -> amount;
      case Operation.Lock(HtlcTerms terms) -> terms.amount();
      case Operation.None none -> Amount.ZERO;
      case Operation.Claim claim -> Amount.ZERO;
      case Operation.Refund refund -> Amount.ZERO;
    };
  }

  @Override
  public void apply(SimTransaction tx, long time) {
    Bytes from = addressOf(tx.body().signer());
    boolean ok = check(tx, time) instanceof Outcome.Ok;
    nonces.merge(from, 1L, Long::sum);
    balances.merge(from, tx.body().fee(), Amount::minus);
    if (!ok) {
      return;
    }
    switch (tx.body().operation()) {
      case Operation.None none -> {
        // refused by check
      }
      case Operation.Transfer(Bytes to, Amount amount) -> {
        balances.merge(from, amount, Amount::minus);
        balances.merge(to, amount, Amount::plus);
      }
      case Operation.Lock(HtlcTerms terms) -> {
        balances.merge(from, terms.amount(), Amount::minus);
        slots.put(SimTransaction.lockKey(terms), Slot.LOCKED);
      }
      case Operation.Claim(HtlcTerms terms, Hash32 preimage) -> pay(terms, terms.claimer());
      case Operation.Refund(HtlcTerms terms) -> pay(terms, terms.refunder());
    }
  }

  private void pay(HtlcTerms terms, Bytes to) {
    slots.put(SimTransaction.lockKey(terms), Slot.DONE);
    balances.merge(to, terms.amount(), Amount::plus);
  }

  long nonceOf(Bytes address) {
    return nonces.getOrDefault(address, 0L);
  }

  @Override
  public Amount balance(Bytes owner) {
    return balances.getOrDefault(owner, Amount.ZERO);
  }

  @Override
  public void mint(Hash32 id, Bytes owner, Amount amount) {
    balances.merge(owner, amount, Amount::plus);
  }

  @Override
  public Optional<String> firstConflict(SimTransaction tx, SimTransaction other) {
    boolean same =
        tx.body().signer().equals(other.body().signer())
            && tx.body().nonce() == other.body().nonce();
    return same ? Optional.of("nonce " + tx.body().nonce()) : Optional.empty();
  }
}
