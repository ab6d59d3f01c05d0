package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a signature of an input signs: the original form without a witness, BIP-143 for version 0,
 * BIP-341 and BIP-342 for Taproot. Only signatures over all inputs and outputs are made.
 */
public final class SigHash {
  /** Hash type byte of a BIP-143 signature over everything. */
  public static final int ALL = 0x01;

  private SigHash() {}

  /** Hash types of Taproot that sign everything; DEFAULT is not written behind the signature. */
  public enum Taproot {
    DEFAULT(0x00),
    ALL(0x01);

    private final int code;

    Taproot(int code) {
      this.code = code;
    }

    /** The byte behind a 64-byte signature; nothing for DEFAULT. */
    public Bytes suffix() {
      return this == DEFAULT ? Bytes.EMPTY : Bytes.wrap(new byte[] {(byte) code});
    }
  }

  /**
   * The form before BIP-143, hash type ALL.
   *
   * @param script that is run: the output script that is spent; one that holds neither an
   *     OP_CODESEPARATOR nor a signature, which would be cut out
   */
  public static Hash32 legacy(BitcoinTransaction transaction, int input, Bytes script) {
    List<TxInput> inputs = new ArrayList<>();
    for (int i = 0; i < transaction.inputs().size(); i++) {
      TxInput each = transaction.inputs().get(i);
      Bytes written = i == input ? script : Bytes.EMPTY;
      inputs.add(new TxInput(each.outPoint(), written, each.sequence(), List.of()));
    }
    return Digests.sha256d(
        transaction.withInputs(inputs).serializeStripped(), new WireWriter().u32(ALL).toBytes());
  }

  /**
   * BIP-143, hash type ALL.
   *
   * @param scriptCode the witness script of P2WSH; the P2PKH script of the key hash for P2WPKH
   * @param value of the output that is spent, smallest units
   */
  public static Hash32 witnessV0(
      BitcoinTransaction transaction, int input, Bytes scriptCode, long value) {
    TxInput spending = transaction.inputs().get(input);
    WireWriter out =
        new WireWriter()
            .u32(transaction.version())
            .hash(Digests.sha256d(prevouts(transaction)))
            .hash(Digests.sha256d(sequences(transaction)));
    writeOutPoint(out, spending);
    return Digests.sha256d(
        out.bytes(scriptCode)
            .i64(value)
            .u32(spending.sequence())
            .hash(Digests.sha256d(outputs(transaction)))
            .u32(transaction.lockTime())
            .u32(ALL)
            .toBytes());
  }

  /**
   * BIP-341, key path, no annex.
   *
   * @param spent the outputs that the inputs spend, in input order
   */
  public static Hash32 taprootKeyPath(
      BitcoinTransaction transaction, int input, List<TxOutput> spent, Taproot type) {
    return taproot(transaction, input, spent, type, Optional.empty());
  }

  /**
   * BIP-342, script path, no annex, no OP_CODESEPARATOR before the signature check.
   *
   * @param spent the outputs that the inputs spend, in input order
   */
  public static Hash32 taprootScriptPath(
      BitcoinTransaction transaction,
      int input,
      List<TxOutput> spent,
      Taproot type,
      TapTree.Leaf leaf) {
    return taproot(transaction, input, spent, type, Optional.of(leaf.hash()));
  }

  private static Hash32 taproot(
      BitcoinTransaction transaction,
      int input,
      List<TxOutput> spent,
      Taproot type,
      Optional<Hash32> leafHash) {
    return TaprootDigest.of(
            transaction,
            input,
            spent,
            type.code,
            Optional.empty(),
            leafHash.map(TaprootDigest.Leaf::of))
        .orElseThrow();
  }

  private static Bytes prevouts(BitcoinTransaction transaction) {
    WireWriter out = new WireWriter();
    transaction.inputs().forEach(input -> writeOutPoint(out, input));
    return out.toBytes();
  }

  private static void writeOutPoint(WireWriter out, TxInput input) {
    out.hash(input.outPoint().txId()).u32(input.outPoint().index());
  }

  private static Bytes sequences(BitcoinTransaction transaction) {
    WireWriter out = new WireWriter();
    transaction.inputs().forEach(input -> out.u32(input.sequence()));
    return out.toBytes();
  }

  private static Bytes outputs(BitcoinTransaction transaction) {
    WireWriter out = new WireWriter();
    transaction.outputs().forEach(output -> out.fixed(output.serialize()));
    return out.toBytes();
  }
}
