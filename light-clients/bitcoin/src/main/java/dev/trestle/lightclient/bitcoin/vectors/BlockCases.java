package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.FullBlock;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** {@code blocks/*.dat}: every transaction of a raw block is proved through the client. */
final class BlockCases {
  private BlockCases() {}

  static List<VectorCase> of(VectorFile file) {
    FullBlock block = block(file.content());
    ChainParameters network = NetworkNames.in(file).orElse(BitcoinNetworks.BITCOIN_MAINNET);
    List<VectorCase> out = new ArrayList<>();
    out.add(
        new VectorCase(
            "proof of work",
            Expected.ACCEPT,
            () ->
                new Checks()
                    .holds(
                        "no proof of work", new HeaderRules(network).hasProofOfWork(block.header()))
                    .outcome()));
    List<Hash32> ids = block.txIds();
    for (int i = 0; i < ids.size(); i++) {
      int index = i;
      out.add(
          new VectorCase(
              "transaction " + i, Expected.ACCEPT, () -> prove(network, block, ids, index)));
    }
    return out;
  }

  /**
   * @throws DecodeException if it is not one whole block
   */
  static FullBlock block(Bytes raw) {
    return switch (FullBlock.parse(raw)) {
      case Verdict.Accepted<FullBlock>(FullBlock block) -> block;
      case Verdict.Rejected<FullBlock>(ReasonCode code, String detail) ->
          throw new DecodeException(code.code() + ": " + detail);
      case Verdict.Ignored<FullBlock> ignored -> throw new DecodeException("no block");
      case Verdict.Later<FullBlock> later -> throw new DecodeException("no block");
    };
  }

  private static Outcome prove(
      ChainParameters network, FullBlock block, List<Hash32> ids, int index) {
    Claim claim =
        TransactionInclusion.proof(
                block.header().id(), ids, index, block.transactions().getFirst().serialize())
            .claim(block.transactions().get(index).serialize());
    return Outcome.of(FollowedChain.at(network, alone(block.header())).prove(claim));
  }

  /** A header that is trusted alone, to prove transactions against. */
  static StoredHeader alone(BlockHeader header) {
    return new StoredHeader(
        header,
        1,
        BigInteger.TEN,
        List.of(header.time()),
        header.time(),
        header.bits(),
        header.bits());
  }
}
