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
 *   <li>deposit: leaf {@code <transferId> DROP <pk1> CHECKSIG <pk2> CHECKSIGADD ... <k> NUMEQUAL}
 *       and leaf {@code <refundDelay> CHECKSEQUENCEVERIFY DROP <refundKey> CHECKSIG}
 *   <li>at rest: the one leaf {@code <pk1> CHECKSIG <pk2> CHECKSIGADD ... <k> NUMEQUAL}
 * </ul>
 */
final class CustodyScripts {
  /** {@code <32 bytes> DROP} in front of the members' script. */
  private static final int BINDING_SIZE = 34;

  private CustodyScripts() {}

  /** A committee's output with both of its leaves. */
  record Deposit(TaprootOutput output, TapTree.Leaf committee, TapTree.Leaf refund) {}

  /** Whether every member's key is on the curve: another one would make the script unspendable. */
  static boolean keysAreValid(Committee committee) {
    return committee.members().stream().allMatch(TaprootOutput::isXOnlyKey);
  }

  static Deposit deposit(Committee committee, DepositTerms terms) {
    ScriptBuilder bound = new ScriptBuilder().push(terms.transferId()).op(Opcode.OP_DROP);
    TapTree.Leaf spend = TapTree.Leaf.of(members(bound, committee));
    TapTree.Leaf refund =
        TapTree.Leaf.of(
            new ScriptBuilder()
                .number(terms.refundDelay())
                .op(Opcode.OP_CHECKSEQUENCEVERIFY)
                .op(Opcode.OP_DROP)
                .push(terms.refundKey())
                .op(Opcode.OP_CHECKSIG)
                .build());
    TaprootOutput output = TaprootOutput.scriptsOnly(new TapTree.Branch(spend, refund));
    return new Deposit(output, spend, refund);
  }

  /** Where coins rest, on a network whose addresses start with {@code hrp}. */
  static DepositLock resting(Committee committee, String hrp) {
    TapTree.Leaf leaf = TapTree.Leaf.of(members(new ScriptBuilder(), committee));
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
   * key can spend, the leaf is this committee's own, bound to a transfer or not, and the address is
   * that of the script.
   */
  static boolean isOwn(Committee committee, DepositLock lock) {
    Bytes members = members(new ScriptBuilder(), committee);
    Bytes script = lock.spendingScript();
    boolean bound =
        script.size() == BINDING_SIZE + members.size()
            && script.at(0) == Hash32.SIZE
            && script.at(BINDING_SIZE - 1) == Opcode.OP_DROP
            && script.slice(BINDING_SIZE, script.size()).equals(members);
    Bytes control = lock.controlBlock();
    return (bound || script.equals(members))
        && TaprootOutput.commits(lock.script(), script, control)
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

  private static Bytes members(ScriptBuilder out, Committee committee) {
    int opcode = Opcode.OP_CHECKSIG;
    for (Hash32 key : committee.members()) {
      out.push(key).op(opcode);
      opcode = Opcode.OP_CHECKSIGADD;
    }
    return out.number(committee.threshold()).op(Opcode.OP_NUMEQUAL).build();
  }
}
