package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.bitcoin.FullBlock;
import dev.trestle.lightclient.bitcoin.SignetHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds to the headers of a signet what shows that their blocks are solved (BIP-325): it is in the
 * blocks' coinbases. Whole blocks are fetched and checked against the headers; whether they are
 * solved is for the light client.
 */
final class SignetBlocks {
  /** Blocks that are fetched with one request. */
  private static final int BATCH = 8;

  private final EndpointPool pool;

  SignetBlocks(EndpointPool pool) {
    this.pool = pool;
  }

  /** The same headers as {@link SignetHeader}s. The genesis block is without a solution. */
  List<RawHeader> solved(List<RawHeader> headers) {
    List<RawHeader> out = new ArrayList<>();
    for (int from = 0; from < headers.size(); from += BATCH) {
      List<RawHeader> some = headers.subList(from, Math.min(from + BATCH, headers.size()));
      out.addAll(pool.firstValid(rpc -> fetch(rpc, some)));
    }
    return out;
  }

  private static List<RawHeader> fetch(BitcoinRpc rpc, List<RawHeader> headers) {
    List<RpcReply> replies =
        Async.await(
            rpc.batch(
                headers.stream()
                    .map(
                        header ->
                            BitcoinRpc.Call.of("getblock", header.ref().id().toReversedHex(), 0))
                    .toList()));
    List<RawHeader> out = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      out.add(solved(headers.get(i), BitcoinRpc.text(replies.get(i).orThrow("getblock"))));
    }
    return out;
  }

  private static RawHeader solved(RawHeader header, String block) {
    if (!(FullBlock.parse(ChainReader.hex(block))
            instanceof Verdict.Accepted<FullBlock>(FullBlock whole))
        || !whole.header().id().equals(header.ref().id())) {
      throw BitcoinRpc.malformed("not the block of the header");
    }
    return new RawHeader(header.ref(), header.parent(), SignetHeader.of(whole).encode());
  }
}
