package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules.Committee;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.CustodyRules.DepositTerms;
import dev.trestle.lightclient.bitcoin.script.Address;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import java.util.Optional;

/**
 * The outputs of a committee. Nobody can spend them by key: the internal key is BIP-341's point
 * without a known logarithm.
 *
 * <ul>
 *   <li>at rest: the one leaf {@code <pk1> CHECKSIG <pk2> CHECKSIGADD ... <k> NUMEQUAL}
 *   <li>deposit: that leaf, and beside it a branch of {@code <refundDelay> CHECKSEQUENCEVERIFY DROP
 *       <refundKey> CHECKSIG} and {@code RETURN <transferId>}, which nobody can spend: it makes the
 *       address commit to the transfer
 * </ul>
 *
 * <p>The transfer is not bound by a {@code <transferId> DROP} in the committee's leaf: Bitcoin
 * Knots takes that for smuggled data and does not relay the spending transaction.
 */
final class CustodyScripts {
  private CustodyScripts() {}

  /** A committee's output with both of its leaves. */
  record Deposit(TaprootOutput output, TapTree.Leaf committee, TapTree.Leaf refund) {}

  /** Whether every member's key is on the curve: another one would make the script unspendable. */
  static boolean keysAreValid(Committee committee) {
    return committee.members().stream().allMatch(TaprootOutput::isXOnlyKey);
  }

  static Deposit deposit(Committee committee, DepositTerms terms) {
    TapTree.Leaf spend = leaf(committee);
    TapTree.Leaf binding =
        TapTree.Leaf.of(new ScriptBuilder().op(Opcode.OP_RETURN).push(terms.transferId()).build());
    TapTree.Leaf refund =
        TapTree.Leaf.of(
            new ScriptBuilder()
                .number(terms.refundDelay())
                .op(Opcode.OP_CHECKSEQUENCEVERIFY)
                .op(Opcode.OP_DROP)
                .push(terms.refundKey())
                .op(Opcode.OP_CHECKSIG)
                .build());
    TaprootOutput output =
        TaprootOutput.scriptsOnly(new TapTree.Branch(spend, new TapTree.Branch(refund, binding)));
    return new Deposit(output, spend, refund);
  }

  /** Where coins rest, on a network whose addresses start with {@code hrp}. */
  static DepositLock resting(Committee committee, String hrp) {
    TapTree.Leaf leaf = leaf(committee);
    return lock(TaprootOutput.scriptsOnly(leaf), leaf, hrp);
  }

  static DepositLock lock(TaprootOutput output, TapTree.Leaf leaf, String hrp) {
    return new DepositLock(
        output.script(),
        Address.taproot(hrp, output.outputKey()),
        leaf.script(),
        output.controlBlock(leaf).orElseThrow());
  }

  /**
   * Whether the committee can spend {@code lock} as it says: the control block proves the leaf, no
   * key can spend, the leaf is this committee's own, and the address is that of the script.
   */
  static boolean isOwn(Committee committee, DepositLock lock) {
    Bytes control = lock.controlBlock();
    return lock.spendingScript().equals(leaf(committee).script())
        && TaprootOutput.commits(lock.script(), lock.spendingScript(), control)
        && control.slice(1, 1 + Hash32.SIZE).equals(TaprootOutput.NUMS_KEY.bytes())
        && hrp(lock)
            .map(hrp -> Address.taproot(hrp, new Hash32(lock.script().slice(2, 34))))
            .equals(Optional.of(lock.address()));
  }

  /** Human-readable part of a lock's address. */
  static Optional<String> hrp(DepositLock lock) {
    int separator = lock.address().lastIndexOf('1');
    return separator < 1 ? Optional.empty() : Optional.of(lock.address().substring(0, separator));
  }

  private static TapTree.Leaf leaf(Committee committee) {
    ScriptBuilder out = new ScriptBuilder();
    int opcode = Opcode.OP_CHECKSIG;
    for (Hash32 key : committee.members()) {
      out.push(key).op(opcode);
      opcode = Opcode.OP_CHECKSIGADD;
    }
    return TapTree.Leaf.of(out.number(committee.threshold()).op(Opcode.OP_NUMEQUAL).build());
  }
}
