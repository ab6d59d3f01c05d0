package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Coins of a chain with transactions of inputs and outputs; a script is any 32 bytes. */
public class FakeCustody implements CustodyRules {
  private static final long DUST = 300;

  /** A transaction of the fake chain. */
  public record Tx(List<Bytes> outpoints, List<Out> outputs) {
    /** One output. */
    public record Out(Bytes script, Amount amount) {}

    public Bytes encode() {
      return new CanonicalWriter()
          .list(outpoints, CanonicalWriter::fixed)
          .list(outputs, (w, out) -> w.bytes(out.script).amount(out.amount))
          .toBytes();
    }

    static Tx decode(Bytes encoded) {
      return CanonicalReader.decode(
          encoded,
          in ->
              new Tx(
                  in.list(100, r -> r.fixed(36)),
                  in.list(100, r -> new Out(r.bytes(64), r.amount()))));
    }

    Hash32 id() {
      return Digests.sha256(encode());
    }
  }

  @Override
  public Verdict<DepositLock> depositLock(ChainId chain, Committee committee, DepositTerms terms) {
    return Verdict.accept(
        lock(
            new CanonicalWriter()
                .text(chain.toString())
                .hash(terms.transferId())
                .hash(terms.refundKey())
                .u16(terms.refundDelay())
                .toBytes()));
  }

  @Override
  public DepositLock restingLock(ChainId chain, Committee committee) {
    return lock(Bytes.utf8("resting " + chain));
  }

  private static DepositLock lock(Bytes seed) {
    Bytes script = Digests.sha256(seed).bytes();
    return new DepositLock(script, "fake" + script.toHex(), Bytes.utf8("spend"), Bytes.EMPTY);
  }

  @Override
  public Verdict<List<Coin>> coinsPaidTo(Bytes transaction, DepositLock lock) {
    Tx tx;
    try {
      tx = Tx.decode(transaction);
    } catch (DecodeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "transaction");
    }
    List<Coin> coins = new ArrayList<>();
    for (int i = 0; i < tx.outputs.size(); i++) {
      if (tx.outputs.get(i).script.equals(lock.script())) {
        coins.add(new Coin(tx.id(), i, tx.outputs.get(i).amount, lock));
      }
    }
    return Verdict.accept(coins);
  }

  @Override
  public boolean isPayable(ChainId chain, Bytes script) {
    return script.size() == 32;
  }

  @Override
  public List<Bytes> payableForms() {
    return List.of(Hash32.ZERO.bytes());
  }

  @Override
  public Amount leastChange() {
    return Amount.of(DUST);
  }

  @Override
  public Verdict<ReleasePlan> plan(
      ChainId chain, Committee committee, List<Coin> coins, Payout payout, long feeRate) {
    Amount total = Amount.ZERO;
    List<Coin> inputs = new ArrayList<>(coins);
    inputs.sort(Comparator.comparing(FakeCustody::outpoint));
    for (Coin coin : inputs) {
      total = total.plus(coin.amount());
    }
    if (total.isLessThan(payout.amount())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "not covered");
    }
    Amount change = total.minus(payout.amount());
    Amount fee = Amount.of(feeRate * (100L + 60L * inputs.size() + (change.isZero() ? 0 : 40)));
    if (payout.amount().isLessThan(fee.plus(Amount.of(DUST)))
        || (!change.isZero() && change.isLessThan(Amount.of(DUST)))) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "dust");
    }
    List<Tx.Out> outputs = new ArrayList<>();
    outputs.add(new Tx.Out(payout.script(), payout.amount().minus(fee)));
    if (!change.isZero()) {
      outputs.add(new Tx.Out(restingLock(chain, committee).script(), change));
    }
    Tx tx = new Tx(inputs.stream().map(FakeCustody::outpoint).toList(), outputs);
    return Verdict.accept(new ReleasePlan(tx.encode(), inputs, payout, fee));
  }

  @Override
  public Amount inputFee(ChainId chain, Committee committee, long feeRate) {
    return Amount.of(60 * feeRate);
  }

  private static Bytes outpoint(Coin coin) {
    return new CanonicalWriter().hash(coin.txId()).u32(coin.outputIndex()).toBytes();
  }

  @Override
  public List<Hash32> signingDigests(Committee committee, ReleasePlan plan) {
    List<Hash32> digests = new ArrayList<>();
    for (Coin coin : plan.inputs()) {
      digests.add(Digests.tagged("fake sighash", plan.unsigned(), outpoint(coin)));
    }
    return digests;
  }

  @Override
  public boolean verifySignatures(
      Committee committee, ReleasePlan plan, int member, List<SchnorrSignature> signatures) {
    List<Hash32> digests = signingDigests(committee, plan);
    if (signatures.size() != digests.size()) {
      return false;
    }
    for (int i = 0; i < digests.size(); i++) {
      if (!Secp256k1.instance()
          .verifySchnorr(signatures.get(i), digests.get(i), committee.members().get(member))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Verdict<Bytes> assemble(
      Committee committee, ReleasePlan plan, List<MemberSignatures> signatures) {
    return signatures.size() == committee.threshold()
        ? Verdict.accept(plan.unsigned())
        : Verdict.reject(RejectionCode.QUORUM_LOW, signatures.size() + " members");
  }

  @Override
  public boolean executes(Bytes transaction, ReleasePlan plan) {
    return transaction.equals(plan.unsigned());
  }

  @Override
  public boolean spends(Bytes transaction, Coin coin) {
    try {
      return Tx.decode(transaction).outpoints.contains(outpoint(coin));
    } catch (DecodeException malformed) {
      return false;
    }
  }

  @Override
  public List<Coin> change(Committee committee, ReleasePlan plan) {
    Tx tx = Tx.decode(plan.unsigned());
    if (tx.outputs.size() < 2) {
      return List.of();
    }
    Tx.Out change = tx.outputs.get(1);
    return List.of(
        new Coin(
            tx.id(),
            1,
            change.amount,
            new DepositLock(
                change.script, "fake" + change.script.toHex(), Bytes.utf8("spend"), Bytes.EMPTY)));
  }
}
