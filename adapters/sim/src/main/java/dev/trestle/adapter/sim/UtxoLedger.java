package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.sim.SimTransaction.Outpoint;
import dev.trestle.adapter.sim.SimTransaction.Output;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Coins as unspent outputs; locks as scripts: a claim stays valid after the expiry. */
final class UtxoLedger implements SimLedger {
  private final Map<Outpoint, Output> unspent = new TreeMap<>();
  private final Set<Outpoint> spent = new HashSet<>();
  private final Map<Bytes, Amount> balances = new HashMap<>();

  @Override
  public Outcome check(SimTransaction tx, long time) {
    Amount in = Amount.ZERO;
    if (tx.body().inputs().isEmpty()
        || new HashSet<>(tx.body().inputs()).size() < tx.body().inputs().size()) {
      return new Outcome.Never(AdapterError.REJECTED_BY_CHAIN);
    }
    for (Outpoint input : tx.body().inputs()) {
      Output output = unspent.get(input);
      if (output == null) {
        return spent.contains(input)
            ? new Outcome.Never(AdapterError.REJECTED_BY_CHAIN)
            : new Outcome.NotNow(AdapterError.NOT_FOUND);
      }
      if (!unlocks(tx, output)) {
        return new Outcome.Never(AdapterError.REJECTED_BY_CHAIN);
      }
      in = in.plus(output.amount());
    }
    Amount out = tx.body().fee();
    for (Output output : tx.body().outputs()) {
      out = out.plus(output.amount());
    }
    if (!in.equals(out)) {
      return new Outcome.Never(AdapterError.INVALID_AMOUNT);
    }
    return tx.body().lockTime() > time
        ? new Outcome.NotNow(AdapterError.NOT_YET_VALID)
        : new Outcome.Ok();
  }

  private static boolean unlocks(SimTransaction tx, Output output) {
    Bytes signer = tx.body().signer().compressed();
    if (output.script().size() != Hash32.SIZE) {
      return output.script().equals(signer);
    }
    if (tx.witness().isEmpty()) {
      return false;
    }
    HtlcTerms terms;
    try {
      terms = SimTransaction.termsOf(tx.witness().getLast());
    } catch (DecodeException e) {
      return false;
    }
    if (!SimTransaction.lockKey(terms).bytes().equals(output.script())) {
      return false;
    }
    boolean claim =
        signer.equals(terms.claimer())
            && PreimageSearch.BY_HASH.find(tx.witness(), terms.hash()).isPresent();
    boolean refund =
        signer.equals(terms.refunder()) && tx.body().lockTime() >= terms.expirySeconds();
    return claim || refund;
  }

  @Override
  public void apply(SimTransaction tx, long time) {
    for (Outpoint input : tx.body().inputs()) {
      Output output = unspent.remove(input);
      if (output == null) {
        throw new IllegalStateException("check before apply");
      }
      spent.add(input);
      balances.merge(output.script(), output.amount(), Amount::minus);
    }
    Hash32 id = tx.id();
    List<Output> outputs = tx.body().outputs();
    for (int i = 0; i < outputs.size(); i++) {
      put(new Outpoint(id, i), outputs.get(i));
    }
  }

  private void put(Outpoint at, Output output) {
    unspent.put(at, output);
    balances.merge(output.script(), output.amount(), Amount::plus);
  }

  Map<Outpoint, Output> unspentOf(Bytes script) {
    Map<Outpoint, Output> mine = new TreeMap<>();
    unspent.forEach(
        (at, output) -> {
          if (output.script().equals(script)) {
            mine.put(at, output);
          }
        });
    return mine;
  }

  @Override
  public Amount balance(Bytes owner) {
    return balances.getOrDefault(owner, Amount.ZERO);
  }

  @Override
  public void mint(Hash32 id, Bytes owner, Amount amount) {
    put(new Outpoint(id, 0), new Output(owner, amount));
  }

  @Override
  public Optional<String> firstConflict(SimTransaction tx, SimTransaction other) {
    return tx.body().inputs().stream()
        .filter(other.body().inputs()::contains)
        .map(Outpoint::toString)
        .findFirst();
  }
}
