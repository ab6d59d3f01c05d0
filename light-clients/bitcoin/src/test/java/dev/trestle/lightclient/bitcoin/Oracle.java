package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.ByteVector32;
import fr.acinq.bitcoin.OutPoint;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.ScriptFlags;
import fr.acinq.bitcoin.SigHash;
import fr.acinq.bitcoin.SigVersion;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxOut;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A second implementation of Bitcoin's scripts and signature hashes: bitcoin-kmp. */
public final class Oracle {
  private Oracle() {}

  /** Whether every input of {@code transaction} satisfies the output it spends, policy included. */
  public static boolean spends(Bytes transaction, List<TxOutput> spent) {
    Transaction tx = Transaction.read(transaction.toArray());
    List<TxOut> outputs = outputs(spent);
    Map<OutPoint, TxOut> byOutPoint = new HashMap<>();
    for (int i = 0; i < tx.txIn.size(); i++) {
      byOutPoint.put(tx.txIn.get(i).outPoint, outputs.get(i));
    }
    try {
      tx.correctlySpends(byOutPoint, ScriptFlags.STANDARD_SCRIPT_VERIFY_FLAGS);
      return true;
    } catch (RuntimeException refused) {
      return false;
    }
  }

  public static Hash32 witnessV0(Bytes transaction, int input, Bytes scriptCode, long value) {
    return Hash32.wrap(
        Transaction.read(transaction.toArray())
            .hashForSigning(
                input,
                scriptCode.toArray(),
                SigHash.SIGHASH_ALL,
                new Satoshi(value),
                SigVersion.SIGVERSION_WITNESS_V0));
  }

  public static Hash32 taprootKeyPath(
      Bytes transaction, int input, List<TxOutput> spent, int type) {
    return Hash32.wrap(
        Transaction.read(transaction.toArray())
            .hashForSigningTaprootKeyPath(input, outputs(spent), type, null)
            .toByteArray());
  }

  public static Hash32 taprootScriptPath(
      Bytes transaction, int input, List<TxOutput> spent, int type, Hash32 leaf) {
    return Hash32.wrap(
        Transaction.read(transaction.toArray())
            .hashForSigningTaprootScriptPath(
                input, outputs(spent), type, new ByteVector32(leaf.toArray()), null)
            .toByteArray());
  }

  private static List<TxOut> outputs(List<TxOutput> spent) {
    return spent.stream()
        .map(
            output ->
                new TxOut(new Satoshi(output.value()), new ByteVector(output.script().toArray())))
        .toList();
  }
}
