package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinLightClient;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;

/** A regression-test chain of real headers and proofs, the same in every run. */
final class Bitcoin {
  static final ChainParameters PARAMETERS = BitcoinNetworks.BITCOIN_REGTEST;
  private static final long TARGET_BITS = 0x207f_ffffL;
  private static final long SPACING_SECONDS = 600;

  private final long firstSeconds;
  private final List<BlockHeader> headers = new ArrayList<>(List.of(PARAMETERS.genesis()));
  private int reported;

  Bitcoin(long firstSeconds) {
    this.firstSeconds = firstSeconds;
  }

  /** Trusted start at the genesis block. */
  static Bytes anchor() {
    return new AnchorBuilder(PARAMETERS, ClientSettings.of(PARAMETERS)).genesis().encode();
  }

  /** A block of these transactions behind a coinbase; gives a claim for each of them. */
  List<Claim> mine(List<BitcoinTransaction> transactions) {
    BitcoinTransaction coinbase =
        new BitcoinTransaction(
            2,
            List.of(
                TxInput.unsigned(new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX), 0xffff_ffffL)
                    .withWitness(List.of())),
            List.of(new TxOutput(5_000_000_000L, Bytes.fromHex("51"))),
            headers.size());
    List<Hash32> ids = new ArrayList<>();
    ids.add(coinbase.txId());
    transactions.forEach(each -> ids.add(each.txId()));
    BlockHeader block = mineHeader(MerkleBranch.root(ids));
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i < transactions.size(); i++) {
      claims.add(
          TransactionInclusion.proof(block.id(), ids, i + 1, coinbase.serialize())
              .claim(transactions.get(i).serialize()));
    }
    return claims;
  }

  private BlockHeader mineHeader(Hash32 root) {
    BlockHeader parent = headers.getLast();
    long time = Math.max(firstSeconds, parent.time() + SPACING_SECONDS);
    for (long nonce = 0; ; nonce++) {
      BlockHeader header = BlockHeader.of(0x2000_0000, parent.id(), root, time, TARGET_BITS, nonce);
      // the target of the network: the most significant byte of the hash is below 0x80
      if (header.id().bytes().at(31) < 0x80) {
        headers.add(header);
        return header;
      }
    }
  }

  /** A payment from nowhere: the light client proves inclusion, miners prove the rest. */
  static BitcoinTransaction payment(Hash32 coin, long satoshi, Bytes script) {
    return new BitcoinTransaction(
        2,
        List.of(TxInput.unsigned(new OutPoint(coin, 0), 0xffff_fffdL)),
        List.of(new TxOutput(7_000, Bytes.fromHex("51")), new TxOutput(satoshi, script)),
        0);
  }

  /** Headers that were not reported yet, as the message of a client update. */
  Bytes update() {
    List<Bytes> raw =
        headers.subList(reported + 1, headers.size()).stream().map(BlockHeader::raw).toList();
    reported = headers.size() - 1;
    return new BitcoinLightClient().encodeUpdate(raw);
  }
}
