package dev.trestle.lightclient.bitcoin.tx;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction (BIP-144). The parser accepts exactly the bytes that {@link #serialize} gives back:
 * shortest compact sizes, no witness marker without a witness, no trailing bytes.
 *
 * <p>Parsing rejects with {@code malformed} (over a block's weight, no input or output, an amount
 * out of range, another form than the shortest) and {@code trailing-bytes}.
 *
 * @param version signed
 * @param lockTime block height below 500,000,000, Unix seconds from there on
 */
public record BitcoinTransaction(
    int version, List<TxInput> inputs, List<TxOutput> outputs, long lockTime) {
  /** Largest serialization in bytes: a block's weight. */
  public static final int MAX_SIZE = 4_000_000;

  /** Smallest serialized input and output in bytes: bound counts before anything is allocated. */
  private static final int MIN_INPUT = 41;

  private static final int MIN_OUTPUT = 9;

  public BitcoinTransaction {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (lockTime < 0 || lockTime > 0xffff_ffffL) {
      throw new IllegalArgumentException("a lock time has 32 bits");
    }
  }

  /** Rejects anything but one transaction with at least one input and one output. */
  public static Verdict<BitcoinTransaction> parse(Bytes raw) {
    if (raw.size() > MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, "transaction over " + MAX_SIZE + " bytes");
    }
    try {
      WireReader in = new WireReader(raw);
      BitcoinTransaction parsed = read(in);
      if (in.remaining() != 0) {
        return Verdict.reject(
            RejectionCode.TRAILING_BYTES, in.remaining() + " bytes after the transaction");
      }
      return Verdict.accept(parsed);
    } catch (DecodeException | IllegalArgumentException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads one transaction, as they stand in a block.
   *
   * @throws DecodeException if it is malformed
   * @throws IllegalArgumentException if an amount is out of range
   */
  public static BitcoinTransaction read(WireReader in) {
    int version = in.i32();
    int count = in.compactSize(in.remaining() / MIN_INPUT + 1);
    boolean segwit = count == 0;
    if (segwit) {
      if (in.u8() != 1) {
        throw new DecodeException("no input, or a witness flag that is not 1");
      }
      count = in.compactSize(in.remaining() / MIN_INPUT + 1);
    }
    if (count == 0) {
      throw new DecodeException("a transaction without input");
    }
    List<TxInput> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      inputs.add(new TxInput(new OutPoint(in.hash(), in.u32()), in.bytes(), in.u32(), List.of()));
    }
    List<TxOutput> outputs = readOutputs(in);
    if (segwit) {
      readWitnesses(in, inputs);
    }
    return new BitcoinTransaction(version, inputs, outputs, in.u32());
  }

  private static List<TxOutput> readOutputs(WireReader in) {
    int count = in.compactSize(in.remaining() / MIN_OUTPUT + 1);
    if (count == 0) {
      throw new DecodeException("a transaction without output");
    }
    List<TxOutput> outputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outputs.add(new TxOutput(in.i64(), in.bytes()));
    }
    return outputs;
  }

  private static void readWitnesses(WireReader in, List<TxInput> inputs) {
    boolean any = false;
    for (int i = 0; i < inputs.size(); i++) {
      int items = in.compactSize(in.remaining());
      List<Bytes> witness = new ArrayList<>();
      for (int j = 0; j < items; j++) {
        witness.add(in.bytes());
      }
      any |= items > 0;
      inputs.set(i, inputs.get(i).withWitness(witness));
    }
    if (!any) {
      throw new DecodeException("a witness flag without a witness");
    }
  }

  public boolean hasWitness() {
    return inputs.stream().anyMatch(input -> !input.witness().isEmpty());
  }

  /**
   * Whether it has the shape of the first transaction of a block: one input that spends nothing.
   */
  public boolean isCoinbase() {
    return inputs.size() == 1 && inputs.getFirst().outPoint().isNull();
  }

  /** With witness, if there is one. */
  public Bytes serialize() {
    return serialize(hasWitness());
  }

  /** Without witness: what {@link #txId} hashes. */
  public Bytes serializeStripped() {
    return serialize(false);
  }

  private Bytes serialize(boolean withWitness) {
    WireWriter out = new WireWriter().u32(version);
    if (withWitness) {
      out.u8(0).u8(1);
    }
    out.compactSize(inputs.size());
    for (TxInput input : inputs) {
      out.hash(input.outPoint().txId()).u32(input.outPoint().index());
      out.bytes(input.scriptSig()).u32(input.sequence());
    }
    out.compactSize(outputs.size());
    outputs.forEach(output -> output.write(out));
    if (withWitness) {
      for (TxInput input : inputs) {
        out.compactSize(input.witness().size());
        input.witness().forEach(out::bytes);
      }
    }
    return out.u32(lockTime).toBytes();
  }

  /** Wire order; does not commit to the witness. */
  public Hash32 txId() {
    return Digests.sha256d(serializeStripped());
  }

  /** Wire order; commits to the witness (BIP-141). */
  public Hash32 wtxId() {
    return Digests.sha256d(serialize());
  }

  /** Weight units (BIP-141). */
  public long weight() {
    return 3L * serializeStripped().size() + serialize().size();
  }

  /** Virtual bytes: weight over 4, rounded up. */
  public long virtualSize() {
    return (weight() + 3) / 4;
  }

  public BitcoinTransaction withInputs(List<TxInput> other) {
    return new BitcoinTransaction(version, other, outputs, lockTime);
  }
}
