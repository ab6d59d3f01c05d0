package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.List;
import java.util.Optional;

/**
 * The digest that a Taproot signature signs (BIP-341 "Common signature message", BIP-342 for
 * leaves), with every hash type and an annex: others may sign as they like, and it must be seen
 * what they signed. What we sign ourselves goes through {@link SigHash}, which signs everything.
 */
public final class TaprootDigest {
  /** Position of the last OP_CODESEPARATOR where there is none (BIP-342). */
  public static final long NO_CODE_SEPARATOR = 0xffff_ffffL;

  private static final int EPOCH = 0;
  private static final int KEY_VERSION = 0;
  private static final int NONE = 2;
  private static final int SINGLE = 3;
  private static final int ANYONE_CAN_PAY = 0x80;

  private TaprootDigest() {}

  /**
   * A place where a signature is checked.
   *
   * @param hash of the leaf
   * @param codeSeparator {@link #NO_CODE_SEPARATOR}, or the position of the opcode in the script
   */
  public record Leaf(Hash32 hash, long codeSeparator) {
    /** A leaf without OP_CODESEPARATOR. */
    public static Leaf of(Hash32 hash) {
      return new Leaf(hash, NO_CODE_SEPARATOR);
    }
  }

  /**
   * The digest; empty where BIP-341 lets no signature be valid: an unknown hash type, or SINGLE
   * without an output at the place of the input.
   *
   * @param spent the outputs that the inputs spend, in input order
   * @param hashType 0 for a signature of 64 bytes, else its 65th byte
   * @param annex with its first byte 0x50
   * @param leaf empty for the key path
   * @throws IllegalArgumentException unless there is one spent output for each input
   */
  public static Optional<Hash32> of(
      BitcoinTransaction transaction,
      int input,
      List<TxOutput> spent,
      int hashType,
      Optional<Bytes> annex,
      Optional<Leaf> leaf) {
    if (spent.size() != transaction.inputs().size() || input < 0 || input >= spent.size()) {
      throw new IllegalArgumentException("one spent output for each input");
    }
    int outputType = hashType & ~ANYONE_CAN_PAY;
    boolean single = outputType == SINGLE;
    if (!isKnown(hashType) || (single && input >= transaction.outputs().size())) {
      return Optional.empty();
    }
    WireWriter out =
        new WireWriter()
            .u8(EPOCH)
            .u8(hashType)
            .u32(transaction.version())
            .u32(transaction.lockTime());
    boolean onlyThis = (hashType & ANYONE_CAN_PAY) != 0;
    if (!onlyThis) {
      writeInputs(out, transaction, spent);
    }
    if (!single && outputType != NONE) {
      out.hash(Digests.sha256(outputs(transaction)));
    }
    out.u8((leaf.isPresent() ? 2 : 0) + (annex.isPresent() ? 1 : 0));
    if (onlyThis) {
      writeInput(out, transaction.inputs().get(input), spent.get(input));
    } else {
      out.u32(input);
    }
    annex.ifPresent(item -> out.hash(Digests.sha256(new WireWriter().bytes(item).toBytes())));
    if (single) {
      out.hash(Digests.sha256(transaction.outputs().get(input).serialize()));
    }
    leaf.ifPresent(at -> out.hash(at.hash()).u8(KEY_VERSION).u32(at.codeSeparator()));
    return Optional.of(Digests.tagged("TapSighash", out.toBytes()));
  }

  private static boolean isKnown(int hashType) {
    return (hashType >= 0 && hashType <= SINGLE)
        || (hashType > ANYONE_CAN_PAY && hashType <= ANYONE_CAN_PAY + SINGLE);
  }

  private static void writeInputs(
      WireWriter out, BitcoinTransaction transaction, List<TxOutput> spent) {
    WireWriter outPoints = new WireWriter();
    WireWriter sequences = new WireWriter();
    for (TxInput input : transaction.inputs()) {
      outPoints.hash(input.outPoint().txId()).u32(input.outPoint().index());
      sequences.u32(input.sequence());
    }
    WireWriter amounts = new WireWriter();
    WireWriter scripts = new WireWriter();
    for (TxOutput output : spent) {
      amounts.i64(output.value());
      scripts.bytes(output.script());
    }
    out.hash(Digests.sha256(outPoints.toBytes()))
        .hash(Digests.sha256(amounts.toBytes()))
        .hash(Digests.sha256(scripts.toBytes()))
        .hash(Digests.sha256(sequences.toBytes()));
  }

  private static void writeInput(WireWriter out, TxInput input, TxOutput spent) {
    out.hash(input.outPoint().txId())
        .u32(input.outPoint().index())
        .i64(spent.value())
        .bytes(spent.script())
        .u32(input.sequence());
  }

  private static Bytes outputs(BitcoinTransaction transaction) {
    WireWriter out = new WireWriter();
    transaction.outputs().forEach(output -> out.fixed(output.serialize()));
    return out.toBytes();
  }
}
