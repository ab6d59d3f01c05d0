package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bitcoinj.base.Coin;
import org.bitcoinj.core.Transaction;

/** Builds and signs transactions. Pure; digests (BIP-143) by bitcoinj. */
final class TransactionSigner {
  static final int VERSION = 2;

  /** Replaceable (BIP-125) and with an effective lock time. */
  static final long SEQUENCE = 0xffff_fffdL;

  static final int SIGHASH_ALL = 1;

  private TransactionSigner() {}

  /** Signs a payment out of P2WPKH coins of {@code key}. */
  static SignedTransaction pay(
      CoinSelection.Choice choice, CoinSelection.Need need, SecretKey key) {
    List<TxOutput> outputs = new ArrayList<>();
    outputs.add(new TxOutput(need.amount(), need.script()));
    if (choice.change() > 0) {
      outputs.add(new TxOutput(choice.change(), need.changeScript()));
    }
    BitcoinTransaction unsigned =
        new BitcoinTransaction(
            VERSION,
            choice.coins().stream()
                .map(coin -> TxInput.unsigned(coin.outPoint(), SEQUENCE))
                .toList(),
            outputs,
            0);
    Bytes publicKey = key.publicKey().compressed();
    Bytes scriptCode = payToPublicKeyHash(Digests.hash160(publicKey));
    List<TxInput> signed = new ArrayList<>();
    for (int i = 0; i < choice.coins().size(); i++) {
      Bytes signature = sign(unsigned, i, scriptCode, choice.coins().get(i).value(), key);
      signed.add(unsigned.inputs().get(i).withWitness(List.of(signature, publicKey)));
    }
    return finish(unsigned.withInputs(signed), choice.fee());
  }

  static SignedTransaction finish(BitcoinTransaction transaction, long fee) {
    return new SignedTransaction(transaction.txId(), transaction.serialize(), Amount.of(fee));
  }

  /** DER signature with SIGHASH_ALL appended. */
  static Bytes sign(
      BitcoinTransaction unsigned, int input, Bytes scriptCode, long value, SecretKey key) {
    Hash32 digest = digest(unsigned, input, scriptCode, value, SIGHASH_ALL);
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, key);
    return Bytes.concat(Secp256k1.instance().toDer(signature), Bytes.of(new byte[] {SIGHASH_ALL}));
  }

  /** BIP-143 digest of a version 0 witness input. */
  static Hash32 digest(
      BitcoinTransaction transaction, int input, Bytes scriptCode, long value, int hashType) {
    Transaction parsed =
        Transaction.read(ByteBuffer.wrap(transaction.serializeStripped().toArray()));
    return Hash32.of(
        parsed
            .hashForWitnessSignature(
                input, scriptCode.toArray(), Coin.valueOf(value), (byte) hashType)
            .getBytes());
  }

  private static Bytes payToPublicKeyHash(Bytes hash) {
    return Bytes.concat(Bytes.fromHex("76a914"), hash, Bytes.fromHex("88ac"));
  }
}
