package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A small chain whose proof of work is hard enough that a mutant does not meet it by chance: 2^17
 * hashes a block, mined once.
 */
final class ContractChain {
  static final int MAX_REORG = 3;
  static final long START = 1_700_000_000L;

  /** When everything below is accepted. */
  static final long NOW = START + 200 * 600;

  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(239).subtract(BigInteger.ONE);
  private static final long BITS = CompactTarget.encode(LIMIT);
  private static final HeaderRules RULES;

  static final ChainParameters PARAMETERS;
  static final ClientSettings SETTINGS;

  static {
    DifficultyParameters difficulty =
        new DifficultyParameters(LIMIT, 2016, 600, false, false, false, false);
    RULES =
        new HeaderRules(
            TestClient.synthetic(BitcoinNetworks.BITCOIN_MAINNET.genesis(), difficulty));
    BlockHeader genesis = mine(Hash32.ZERO, Hash32.ZERO, START, BITS);
    PARAMETERS =
        new ChainParameters(
            "synthetic",
            PowHash.SHA256D,
            genesis,
            difficulty,
            new TreeMap<>(),
            BitcoinNetworks.BITCOIN_REGTEST.addresses(),
            1,
            0);
    SETTINGS = new ClientSettings("synthetic", MAX_REORG, 20, BigInteger.ZERO);
  }

  /** Transactions of the block at height 6. */
  static final List<BitcoinTransaction> TRANSACTIONS =
      IntStream.range(0, 13).mapToObj(ContractChain::transaction).toList();

  private static final int PROVED_AT = 6;

  /** Heights 1 to 12. */
  static final List<BlockHeader> MAIN = branch(PARAMETERS.genesis(), "main", 12, 0);

  /** Leaves {@link #MAIN} two blocks below its tip and gets one longer: within the rules. */
  static final List<BlockHeader> SHALLOW = branch(MAIN.get(9), "shallow", 3, 10);

  /** Leaves {@link #MAIN} five blocks below its tip and gets one longer. */
  static final List<BlockHeader> DEEP = branch(MAIN.get(6), "deep", 6, 7);

  private ContractChain() {}

  private static BitcoinTransaction transaction(int number) {
    OutPoint spent =
        number == 0
            ? new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX)
            : new OutPoint(Digests.sha256(Bytes.utf8("coin " + number)), number);
    TxInput input =
        new TxInput(spent, Bytes.utf8("script of input " + number), 0xffff_fffeL, List.of());
    TxOutput output = new TxOutput(1_000L + number, Bytes.utf8("pays to number " + number));
    return new BitcoinTransaction(2, List.of(input), List.of(output), number);
  }

  private static List<BlockHeader> branch(
      BlockHeader parent, String name, int length, long parentHeight) {
    List<BlockHeader> out = new ArrayList<>();
    BlockHeader tip = parent;
    for (int i = 1; i <= length; i++) {
      Hash32 root =
          name.equals("main") && parentHeight + i == PROVED_AT
              ? MerkleBranch.root(ids())
              : Digests.sha256(Bytes.utf8(name + i));
      tip = mine(tip.id(), root, tip.time() + 600, BITS);
      out.add(tip);
    }
    return out;
  }

  static List<Hash32> ids() {
    return TRANSACTIONS.stream().map(BitcoinTransaction::txId).toList();
  }

  static BlockHeader mine(Hash32 parent, Hash32 root, long time, long bits) {
    for (long nonce = 0; ; nonce++) {
      BlockHeader header = BlockHeader.of(0x2000_0000, parent, root, time, bits, nonce);
      if (RULES.hasProofOfWork(header)) {
        return header;
      }
    }
  }

  /** The proof that transaction {@code index} is in the block of {@code header}. */
  static TransactionInclusion proof(BlockHeader header, int index) {
    return TransactionInclusion.proof(
        header.id(), ids(), index, TRANSACTIONS.getFirst().serialize());
  }

  static Claim claim(int index) {
    return proof(MAIN.get(PROVED_AT - 1), index).claim(TRANSACTIONS.get(index).serialize());
  }

  static Bytes message(List<BlockHeader> headers) {
    return HeaderMessage.encode(headers.stream().map(BlockHeader::raw).toList());
  }

  static Bytes anchor() {
    return new AnchorBuilder(PARAMETERS, SETTINGS).genesis().encode();
  }
}
