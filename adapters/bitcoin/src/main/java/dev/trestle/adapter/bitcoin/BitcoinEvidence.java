package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.MessageSource;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import io.vertx.core.Future;
import java.util.List;

/** Inclusion proofs in the form of {@link TransactionInclusion}. */
final class BitcoinEvidence implements EvidenceSource {
  private final TransactionLookup lookup;
  private final BlockReader blocks;

  BitcoinEvidence(TransactionLookup lookup, BlockReader blocks) {
    this.lookup = lookup;
    this.blocks = blocks;
  }

  /** Fails with NOT_FOUND while the transaction is not in a block of the best chain. */
  @Override
  public Future<Claim> transaction(Hash32 transactionId) {
    return Async.supply(
        () -> {
          if (!(lookup.find(transactionId)
              instanceof TransactionLookup.Place.InBlock(var header, long confirmations))) {
            throw new AdapterException(
                AdapterError.NOT_FOUND, transactionId.toReversedHex() + " is not in a block");
          }
          return claim(blocks.read(List.of(header)).getFirst(), transactionId);
        });
  }

  static Claim claim(BlockReader.Block block, Hash32 transactionId) {
    int index = block.ids().indexOf(transactionId);
    if (index < 0) {
      throw BitcoinRpc.malformed("the transaction is not in the block that was named");
    }
    return TransactionInclusion.proof(
            block.header().ref().id(),
            block.ids(),
            index,
            block.transactions().getFirst().serializeStripped())
        .claim(block.transactions().get(index).serializeStripped());
  }

  @Override
  public Future<Claim> message(MessageSource.SourceEvent event) {
    return Future.failedFuture(
        new AdapterException(AdapterError.NOT_SUPPORTED, "this chain has no contracts"));
  }
}
