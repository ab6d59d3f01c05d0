package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.ExecutionPayloadHeader;
import dev.trestle.lightclient.ethereum.LightClientHeader;
import dev.trestle.lightclient.ethereum.SyncCommittee;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.Collections;
import tools.jackson.databind.JsonNode;

/** What vectors keep of headers and committees whose rest they leave out. */
final class Summaries {
  private Summaries() {}

  /** A header of which only slot and state root are known. */
  static LightClientHeader header(long slot, Hash32 stateRoot) {
    ExecutionPayloadHeader none = ExecutionPayloadHeader.EMPTY;
    ExecutionPayloadHeader execution =
        new ExecutionPayloadHeader(
            none.parentHash(),
            none.feeRecipient(),
            stateRoot,
            none.receiptsRoot(),
            none.logsBloom(),
            none.prevRandao(),
            0,
            0,
            0,
            0,
            none.extraData(),
            none.baseFeePerGas(),
            none.blockHash(),
            none.transactionsRoot(),
            none.withdrawalsRoot(),
            0,
            0);
    return new LightClientHeader.PayloadHeader(
        new BeaconBlockHeader(slot, 0, Hash32.ZERO, Hash32.ZERO, Hash32.ZERO),
        execution,
        Collections.nCopies(4, Hash32.ZERO),
        true);
  }

  /** {@code {aggregate_pubkey, pubkeys_hash}} as the root of the committee. */
  static Hash32 committee(JsonNode node) {
    return SyncCommittee.root(
        BeaconJson.hash(node, "pubkeys_hash"), VectorJson.hex(node, "aggregate_pubkey"));
  }
}
