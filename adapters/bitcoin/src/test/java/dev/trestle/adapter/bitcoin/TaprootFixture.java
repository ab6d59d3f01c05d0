package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import fr.acinq.bitcoin.ByteVector;
import fr.acinq.bitcoin.Satoshi;
import fr.acinq.bitcoin.ScriptFlags;
import fr.acinq.bitcoin.Transaction;
import fr.acinq.bitcoin.TxOut;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Taproot lock of alice (refunder) for bob (claimer), and the oracle that judges its spends. */
final class TaprootFixture {
  static final UtxoNetwork NETWORK = UtxoNetwork.BITCOIN_REGTEST;
  static final SecretKey ALICE = RegtestChain.key("alice");
  static final SecretKey BOB = RegtestChain.key("bob");
  static final Hash32 SECRET = RegtestChain.preimage("taproot");
  static final long VALUE = 1_000_000;
  static final long EXPIRY = 1_900_000_000L;
  static final HtlcSigner SIGNER = new HtlcSigner(NETWORK);
  static final HtlcSigner.Lock LOCK = lock(7);
  static final HtlcSigner.Fees FEES = new HtlcSigner.Fees(10_000, 0, 500_000);

  private TaprootFixture() {}

  static HtlcSigner.Lock lock(int index) {
    return new HtlcSigner.Lock(new OutPoint(Digests.sha256(Bytes.utf8("a lock")), index), VALUE);
  }

  static HtlcTerms terms(Hash32 preimage) {
    return new HtlcTerms(
        NETWORK.coin(),
        Amount.of(VALUE),
        Digests.sha256(preimage.bytes()),
        BOB.publicKey().compressed(),
        ALICE.publicKey().compressed(),
        EXPIRY);
  }

  static TaprootLock contract() {
    return TaprootLock.of(terms(SECRET), NETWORK).orThrow();
  }

  static BitcoinTransaction parse(Bytes raw) {
    return BitcoinTransaction.parse(raw).orThrow();
  }

  /**
   * Throws unless the script interpreter accepts every input, under consensus and standard rules.
   */
  static void interpret(Bytes raw, List<TxOutput> spent) {
    Transaction transaction = Transaction.read(raw.toArray());
    Map<fr.acinq.bitcoin.OutPoint, TxOut> outputs = new HashMap<>();
    for (int i = 0; i < spent.size(); i++) {
      outputs.put(
          transaction.txIn.get(i).outPoint,
          new TxOut(
              new Satoshi(spent.get(i).value()), new ByteVector(spent.get(i).script().toArray())));
    }
    transaction.correctlySpends(outputs, ScriptFlags.STANDARD_SCRIPT_VERIFY_FLAGS);
  }

  static void interpret(Bytes raw) {
    interpret(raw, List.of(new TxOutput(VALUE, contract().outputScript())));
  }
}
