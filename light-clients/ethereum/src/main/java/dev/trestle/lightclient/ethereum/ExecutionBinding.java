package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.LightClientHeader.ExecutionAnchor;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.Optional;

/**
 * From a final beacon header to its execution block: the payload header that it carries or, from
 * Gloas on, the block header whose keccak256 it names.
 *
 * <p>capella/light-client/sync-protocol.md, {@code is_valid_light_client_header}; Yellow Paper 4.4.
 */
final class ExecutionBinding {
  private ExecutionBinding() {}

  /**
   * Refuses with {@link SyncCode#EXECUTION_HEADER} unless the RLP is given exactly where it is
   * needed and hashes to what the header names, and with {@link RejectionCode#MALFORMED} if it is
   * no block header or a number in it is over 2^63-1.
   */
  static Verdict<FinalBlock> bind(
      BeaconNetwork network, LightClientHeader header, Optional<Bytes> rlp) {
    BeaconBlockHeader beacon = header.beacon();
    Optional<ExecutionAnchor> anchor = header.execution(network);
    boolean byHash = anchor.filter(each -> each.payload().isEmpty()).isPresent();
    if (byHash != rlp.isPresent()) {
      return Verdict.reject(
          SyncCode.EXECUTION_HEADER, byHash ? "the block header is missing" : "not asked for");
    }
    Verdict<Optional<EvmBlock>> block =
        byHash
            ? fromRlp(anchor.orElseThrow(), rlp.orElseThrow())
            : fromPayload(anchor.flatMap(ExecutionAnchor::payload));
    return block.then(found -> Verdict.accept(new FinalBlock(beacon.slot(), beacon.root(), found)));
  }

  private static Verdict<Optional<EvmBlock>> fromPayload(Optional<ExecutionPayloadHeader> payload) {
    if (payload.filter(each -> each.blockNumber() < 0 || each.timestamp() < 0).isPresent()) {
      return Verdict.reject(RejectionCode.MALFORMED, "a block number or time over 2^63-1");
    }
    return Verdict.accept(
        payload.map(
            each ->
                new EvmBlock(
                    each.blockNumber(),
                    each.blockHash(),
                    each.stateRoot(),
                    each.receiptsRoot(),
                    each.timestamp())));
  }

  private static Verdict<Optional<EvmBlock>> fromRlp(ExecutionAnchor anchor, Bytes rlp) {
    try {
      EvmHeader header = EvmHeader.decode(rlp);
      return header.hash().equals(anchor.blockHash())
          ? Verdict.accept(Optional.of(EvmBlock.of(header)))
          : Verdict.reject(SyncCode.EXECUTION_HEADER, "block " + header.hash());
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }
}
