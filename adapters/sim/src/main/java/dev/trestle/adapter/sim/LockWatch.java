package dev.trestle.adapter.sim;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.sim.SimTransaction.Operation;
import dev.trestle.adapter.sim.SimTransaction.Outpoint;
import dev.trestle.adapter.sim.SimTransaction.Output;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads fundings and spendings of a lock from blocks and mempool. */
final class LockWatch {
  private final SimChain chain;
  private final PreimageSearch search;

  LockWatch(SimChain chain, PreimageSearch search) {
    this.chain = chain;
    this.search = search;
  }

  /**
   * @param confirmations 0 in the mempool
   */
  private record Placed(SimTransaction transaction, long confirmations, boolean success) {}

  HtlcObservation observe(HtlcTerms terms) {
    return chain.read(
        ledger -> {
          List<Placed> all = placed();
          List<LockFunding> funding =
              chain.flavor() == SimChain.Flavor.UTXO ? outputs(all, terms) : calls(all, terms);
          Optional<LockSpend> spend =
              chain.flavor() == SimChain.Flavor.UTXO
                  ? inputs(all, funding, terms)
                  : endings(all, terms);
          return new HtlcObservation(chain.chainTime(), chain.head(), funding, spend);
        });
  }

  private List<Placed> placed() {
    List<Placed> all = new ArrayList<>();
    for (SimChain.Included each : chain.allIncluded()) {
      all.add(new Placed(each.transaction(), chain.confirmations(each.height()), each.success()));
    }
    for (SimTransaction waiting : chain.mempool()) {
      all.add(new Placed(waiting, 0, true));
    }
    return all;
  }

  private LockFunding funding(Placed at, long index, dev.trestle.base.Amount amount) {
    return new LockFunding(
        at.transaction().id(), index, amount, at.confirmations(), isFinal(at.confirmations()));
  }

  private boolean isFinal(long confirmations) {
    return confirmations >= chain.finalDepth();
  }

  /** Those of the agreed amount first. */
  private List<LockFunding> outputs(List<Placed> all, HtlcTerms terms) {
    Bytes script = SimTransaction.lockKey(terms).bytes();
    List<LockFunding> found = new ArrayList<>();
    for (Placed each : all) {
      List<Output> outputs = each.transaction().body().outputs();
      for (int i = 0; i < outputs.size(); i++) {
        if (outputs.get(i).script().equals(script)) {
          found.add(funding(each, i, outputs.get(i).amount()));
        }
      }
    }
    found.sort(Comparator.comparing(each -> !each.amount().equals(terms.amount())));
    return found;
  }

  private List<LockFunding> calls(List<Placed> all, HtlcTerms terms) {
    List<LockFunding> found = new ArrayList<>();
    for (Placed each : all) {
      if (each.success()
          && each.transaction().body().operation() instanceof Operation.Lock(HtlcTerms locked)
          && locked.equals(terms)
          && found.isEmpty()) {
        found.add(funding(each, 0, terms.amount()));
      }
    }
    return found;
  }

  /** A claim of any funding, because it shows the preimage; else the refund of the first. */
  private Optional<LockSpend> inputs(List<Placed> all, List<LockFunding> funding, HtlcTerms terms) {
    Optional<LockSpend> refund = Optional.empty();
    for (Placed each : all) {
      for (int i = 0; i < funding.size(); i++) {
        Outpoint lock = new Outpoint(funding.get(i).transactionId(), funding.get(i).outputIndex());
        if (each.transaction().body().inputs().contains(lock)) {
          Optional<Hash32> preimage = search.find(each.transaction().witness(), terms.hash());
          if (preimage.isPresent()) {
            return Optional.of(claimed(each, preimage.get()));
          }
          refund = i == 0 && refund.isEmpty() ? Optional.of(refunded(each)) : refund;
        }
      }
    }
    return refund;
  }

  private Optional<LockSpend> endings(List<Placed> all, HtlcTerms terms) {
    for (Placed each : all) {
      Operation operation = each.transaction().body().operation();
      boolean effective = each.success();
      if (effective
          && operation instanceof Operation.Claim(HtlcTerms of, Hash32 preimage)
          && of.equals(terms)) {
        return Optional.of(claimed(each, preimage));
      }
      if (effective && operation instanceof Operation.Refund(HtlcTerms of) && of.equals(terms)) {
        return Optional.of(refunded(each));
      }
    }
    return Optional.empty();
  }

  private LockSpend claimed(Placed at, Hash32 preimage) {
    return new LockSpend.Claimed(
        at.transaction().id(), preimage, at.confirmations(), isFinal(at.confirmations()));
  }

  private LockSpend refunded(Placed at) {
    return new LockSpend.Refunded(
        at.transaction().id(), at.confirmations(), isFinal(at.confirmations()));
  }
}
