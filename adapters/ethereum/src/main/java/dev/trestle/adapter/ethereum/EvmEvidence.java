package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.MessageSource;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.attested.LogPosition;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.lightclient.evm.EvmClaims;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Proves logs: all receipts of the block are read, their trie is built again and must have the root
 * that stands in the header; the proof is cut out of it.
 */
final class EvmEvidence implements EvidenceSource {
  /** Units of work that checking one proof of absence may take. */
  private static final long MAX_WORK = 1_000_000;

  private final ChainReader chain;

  EvmEvidence(ChainReader chain) {
    this.chain = chain;
  }

  /** Chains of this family prove what a contract logged, not that a transaction was included. */
  @Override
  public Future<Claim> transaction(Hash32 transactionId) {
    return Future.failedFuture(
        new AdapterException(AdapterError.NOT_SUPPORTED, "EVM chains prove contract messages"));
  }

  @Override
  public Future<Claim> message(MessageSource.SourceEvent event) {
    return Async.supply(() -> prove(event));
  }

  /** Of a storage slot that was never set: checked here before anybody is bothered with it. */
  @Override
  public Future<Bytes> absence(Bytes path) {
    return Async.supply(() -> absent(path));
  }

  private Bytes absent(Bytes path) {
    if (!(EvmPath.decode(path) instanceof EvmPath.Storage slot)) {
      throw new AdapterException(AdapterError.NOT_SUPPORTED, "absence of storage only");
    }
    EvmBlock block = EvmBlock.of(EvmHeader.decode(chain.at(slot.height()).raw()));
    EvmClaims claims = new EvmClaims(number -> Optional.of(block), EvmHeader::decode);
    // the header fixes the root, so any node may give the nodes of the trie
    return chain
        .pool()
        .firstValid(
            rpc -> {
              Bytes proof = slotProof(rpc, slot).encode();
              Budget budget = new Budget(MAX_WORK);
              Verdict<ProvenFact> verdict =
                  claims.nonMembership(path, proof, budget, number -> ProvenFact.FINAL);
              if (verdict instanceof Verdict.Rejected<ProvenFact> rejected) {
                throw rejected.reason() == RejectionCode.VALUE_MISMATCH
                    ? new AdapterException(AdapterError.NOT_FOUND, "the slot is set")
                    : Json.malformed("a proof that is refused: " + rejected.detail());
              }
              return proof;
            });
  }

  private static EvmProof slotProof(EvmRpc rpc, EvmPath.Storage slot) {
    JsonNode answer =
        rpc.require(
            "eth_getProof",
            slot.address().toString(),
            List.of(Json.data(slot.slot())),
            Json.quantity(slot.height()));
    List<JsonNode> entries = Json.list(Json.require(answer, "storageProof"));
    if (entries.size() != 1) {
      throw Json.malformed(entries.size() + " storage proofs");
    }
    return EvmProof.at(
        slot.height(), nodes(answer, "accountProof"), nodes(entries.getFirst(), "proof"));
  }

  private static List<Bytes> nodes(JsonNode object, String name) {
    List<JsonNode> nodes = Json.list(Json.require(object, name));
    if (nodes.size() > EvmProof.MAX_NODES) {
      throw Json.malformed(nodes.size() + " nodes of a trie");
    }
    return nodes.stream().map(Json::bytes).toList();
  }

  private Claim prove(MessageSource.SourceEvent event) {
    EvmMessages.contract(event.emitter());
    RawHeader header = chain.at(event.block().height());
    if (!header.ref().id().equals(event.block().id())) {
      throw new AdapterException(
          AdapterError.NOT_FOUND, "block " + event.block().id() + " is not on the best chain");
    }
    Hash32 root = EvmHeader.decode(header.raw()).receiptsRoot();
    // the header fixes the root, so any node may give the receipts
    return chain.pool().firstValid(rpc -> prove(event, root, receipts(rpc, event)));
  }

  private static Claim prove(
      MessageSource.SourceEvent event, Hash32 root, List<IndexedReceipt> receipts) {
    MerklePatriciaTrie trie =
        ReceiptProof.trie(receipts.stream().map(IndexedReceipt::receipt).toList());
    if (!trie.root().equals(root)) {
      throw Json.malformed("receipts that are not those of the block");
    }
    long firstLog = 0;
    for (int i = 0; i < receipts.size(); i++) {
      List<EvmLog> logs = receipts.get(i).receipt().logs();
      long logIndex = event.index() - firstLog;
      if (logIndex < logs.size()) {
        EvmLog log = logs.get((int) logIndex);
        if (!receipts.get(i).transactionId().equals(event.transactionId())
            || !log.encode().equals(event.content())) {
          break;
        }
        return new LogPosition(event.block().height(), event.emitter(), i, logIndex)
            .claim(log, trie.prove(ReceiptProof.key(i)));
      }
      firstLog += logs.size();
    }
    throw new AdapterException(AdapterError.NOT_FOUND, "no such message in the block");
  }

  private record IndexedReceipt(Hash32 transactionId, EvmReceipt receipt) {}

  private static List<IndexedReceipt> receipts(EvmRpc rpc, MessageSource.SourceEvent event) {
    List<IndexedReceipt> receipts = new ArrayList<>();
    String block = Json.quantity(event.block().height());
    for (JsonNode json : Json.list(rpc.require("eth_getBlockReceipts", block))) {
      if (Json.integer64(json, "transactionIndex") != receipts.size()) {
        throw Json.malformed("receipts out of order");
      }
      receipts.add(new IndexedReceipt(Json.hash(json, "transactionHash"), receipt(json)));
    }
    return receipts;
  }

  private static EvmReceipt receipt(JsonNode json) {
    long type = Json.field(json, "type").map(Json::integer64).orElse(0L);
    long status = Json.integer64(json, "status");
    if (type > EvmReceipt.MAX_TYPE || status > 1) {
      throw Json.malformed("a receipt of type " + type + " and status " + status);
    }
    Bytes bloom = Json.bytes(json, "logsBloom");
    return new EvmReceipt(
        (int) type,
        status == 1,
        Json.integer(json, "cumulativeGasUsed"),
        bloom,
        Json.list(Json.require(json, "logs")).stream().map(ContractReader::log).toList());
  }
}
