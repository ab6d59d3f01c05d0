package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.ScriptReader;
import dev.trestle.lightclient.bitcoin.script.ScriptReader.Operation;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The two transactions of BIP-325 that stand for a block: one that pays to the challenge and
 * commits to the block without its solution and nonce, and one that spends it by the solution.
 *
 * @param solved whether the block has a solution at all; without one {@code toSign} is what is left
 *     to sign
 */
public record SignetTransactions(
    BitcoinTransaction toSpend, BitcoinTransaction toSign, boolean solved) {
  /** What a push of a solution begins with. */
  public static final Bytes SOLUTION_HEADER = Bytes.fromHex("ecc7daa2");

  /** What an output that commits to witnesses begins with (BIP-141). */
  private static final Bytes COMMITMENT_HEADER = Bytes.fromHex("6a24aa21a9ed");

  private static final int COMMITMENT_SIZE = 38;

  /** A witness commitment without its solution, and the solution if there is one. */
  private record Split(Bytes rest, Optional<Bytes> solution) {}

  /**
   * Rejects with {@link SignetCode#BAD_COINBASE}, {@link SignetCode#NO_WITNESS_COMMITMENT} and
   * {@link SignetCode#MALFORMED_SOLUTION}, and a coinbase that does not lead to the header's Merkle
   * root with the codes of {@link MerkleBranch#verify}.
   */
  public static Verdict<SignetTransactions> of(SignetHeader block, SignetChallenge challenge) {
    if (block.coinbase().size() == TransactionInclusion.INNER_NODE_SIZE) {
      return Verdict.reject(SignetCode.BAD_COINBASE, "64 bytes: it may be an inner node");
    }
    Hash32 root = block.header().merkleRoot();
    return new MerkleBranch(0, block.siblings())
        .verify(root, Digests.sha256d(block.coinbase()), java.util.OptionalLong.empty())
        .then(leads -> BitcoinTransaction.parse(block.coinbase()))
        .then(
            coinbase ->
                coinbase.isCoinbase() && !coinbase.hasWitness()
                    ? of(block, coinbase, challenge)
                    : Verdict.reject(SignetCode.BAD_COINBASE, "no coinbase, or with a witness"));
  }

  private static Verdict<SignetTransactions> of(
      SignetHeader block, BitcoinTransaction coinbase, SignetChallenge challenge) {
    int index = commitment(coinbase.outputs());
    if (index < 0) {
      return Verdict.reject(SignetCode.NO_WITNESS_COMMITMENT, block.header().toString());
    }
    TxOutput committing = coinbase.outputs().get(index);
    Split split = split(committing.script());
    List<TxOutput> outputs = new ArrayList<>(coinbase.outputs());
    outputs.set(index, new TxOutput(committing.value(), split.rest()));
    BitcoinTransaction modified =
        new BitcoinTransaction(coinbase.version(), coinbase.inputs(), outputs, coinbase.lockTime());
    BitcoinTransaction toSpend =
        toSpend(block.header(), fold(modified.txId(), block.siblings()), challenge);
    Optional<TxInput> input =
        input(new OutPoint(toSpend.txId(), 0), split.solution().orElse(Bytes.fromHex("0000")));
    return input
        .map(
            spending ->
                Verdict.accept(
                    new SignetTransactions(
                        toSpend,
                        new BitcoinTransaction(
                            0,
                            List.of(spending),
                            List.of(
                                new TxOutput(0, new ScriptBuilder().op(Opcode.OP_RETURN).build())),
                            0),
                        split.solution().isPresent())))
        .orElseGet(() -> Verdict.reject(SignetCode.MALFORMED_SOLUTION, block.header().toString()));
  }

  /** The last output that commits to witnesses (BIP-141); -1 if none does. */
  private static int commitment(List<TxOutput> outputs) {
    int found = -1;
    for (int i = 0; i < outputs.size(); i++) {
      Bytes script = outputs.get(i).script();
      if (script.size() >= COMMITMENT_SIZE
          && script.slice(0, COMMITMENT_HEADER.size()).equals(COMMITMENT_HEADER)) {
        found = i;
      }
    }
    return found;
  }

  /**
   * Cuts the first solution out of a witness commitment. Where there is one, every push is written
   * anew in its shortest form, and what does not decode is left out, as nodes do it.
   */
  private static Split split(Bytes script) {
    Optional<Bytes> solution = Optional.empty();
    WireWriter rest = new WireWriter();
    ScriptReader in = new ScriptReader(script);
    Optional<Operation> next = in.next();
    while (next.isPresent()) {
      Bytes data = next.get().data();
      if (data.isEmpty()) {
        rest.u8(next.get().opcode());
      } else {
        int header = SOLUTION_HEADER.size();
        if (solution.isEmpty()
            && data.size() > header
            && data.slice(0, header).equals(SOLUTION_HEADER)) {
          solution = Optional.of(data.slice(header, data.size()));
          data = SOLUTION_HEADER;
        }
        writePush(rest, data);
      }
      next = in.next();
    }
    return solution.isPresent() ? new Split(rest.toBytes(), solution) : new Split(script, solution);
  }

  /** By length alone: a single byte is no number here. */
  private static void writePush(WireWriter out, Bytes data) {
    int size = data.size();
    if (size < Opcode.OP_PUSHDATA1) {
      out.u8(size);
    } else if (size <= 0xff) {
      out.u8(Opcode.OP_PUSHDATA1).u8(size);
    } else if (size <= 0xffff) {
      out.u8(Opcode.OP_PUSHDATA2).u16(size);
    } else {
      out.u8(Opcode.OP_PUSHDATA4).u32(size);
    }
    out.fixed(data);
  }

  private static Hash32 fold(Hash32 leaf, List<Hash32> siblings) {
    Hash32 node = leaf;
    for (Hash32 sibling : siblings) {
      node = Digests.sha256d(node.bytes(), sibling.bytes());
    }
    return node;
  }

  private static BitcoinTransaction toSpend(
      BlockHeader header, Hash32 root, SignetChallenge challenge) {
    Bytes signed =
        new WireWriter()
            .u32(header.version())
            .hash(header.previous())
            .hash(root)
            .u32(header.time())
            .toBytes();
    Bytes script = new ScriptBuilder().op(Opcode.OP_0).push(signed).build();
    OutPoint none = new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX);
    return new BitcoinTransaction(
        0,
        List.of(new TxInput(none, script, 0, List.of())),
        List.of(new TxOutput(0, challenge.script())),
        0);
  }

  /** A script and a witness stack in wire form, and nothing behind them. */
  private static Optional<TxInput> input(OutPoint spent, Bytes solution) {
    try {
      WireReader in = new WireReader(solution);
      Bytes script = in.bytes();
      int items = in.compactSize(in.remaining());
      List<Bytes> witness = new ArrayList<>();
      for (int i = 0; i < items; i++) {
        witness.add(in.bytes());
      }
      return in.remaining() == 0
          ? Optional.of(new TxInput(spent, script, 0, witness))
          : Optional.empty();
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }
}
