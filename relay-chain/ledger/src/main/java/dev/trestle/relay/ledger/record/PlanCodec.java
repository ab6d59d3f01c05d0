package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.CustodyRules;

/** Canonical form of the value types of {@link CustodyRules}. */
public final class PlanCodec {
  private static final int MAX_INPUTS = 64;

  private PlanCodec() {}

  static void writeCoin(CanonicalWriter out, CustodyRules.Coin coin) {
    out.hash(coin.txId()).u32(coin.outputIndex()).amount(coin.amount());
    CustodyRules.DepositLock lock = coin.lock();
    out.bytes(lock.script()).text(lock.address());
    out.bytes(lock.spendingScript()).bytes(lock.controlBlock());
  }

  static CustodyRules.Coin readCoin(CanonicalReader in) {
    return new CustodyRules.Coin(
        in.hash(),
        in.u32(),
        in.amount(),
        new CustodyRules.DepositLock(
            in.bytes(Fields.MAX_SCRIPT),
            in.text(128),
            in.bytes(Fields.MAX_SCRIPT),
            in.bytes(Fields.MAX_SCRIPT)));
  }

  /** All of a plan. */
  public static Bytes encode(CustodyRules.ReleasePlan plan) {
    CanonicalWriter out = new CanonicalWriter();
    writePlan(out, plan);
    return out.toBytes();
  }

  static void writePlan(CanonicalWriter out, CustodyRules.ReleasePlan plan) {
    out.bytes(plan.unsigned()).list(plan.inputs(), PlanCodec::writeCoin);
    CustodyRules.Payout payout = plan.payout();
    out.hash(payout.id()).bytes(payout.script()).amount(payout.amount()).amount(plan.fee());
  }

  static CustodyRules.ReleasePlan readPlan(CanonicalReader in) {
    return new CustodyRules.ReleasePlan(
        in.bytes(Fields.MAX_TRANSACTION),
        in.list(MAX_INPUTS, PlanCodec::readCoin),
        new CustodyRules.Payout(in.hash(), in.bytes(Fields.MAX_SCRIPT), in.amount()),
        in.amount());
  }

  static void writeSignatures(CanonicalWriter out, CustodyRules.MemberSignatures signatures) {
    out.u16(signatures.member())
        .list(signatures.signatures(), (w, signature) -> w.fixed(signature.bytes()));
  }

  static CustodyRules.MemberSignatures readSignatures(CanonicalReader in) {
    return new CustodyRules.MemberSignatures(
        in.u16(), in.list(MAX_INPUTS, r -> new SchnorrSignature(r.fixed(SchnorrSignature.SIZE))));
  }
}
