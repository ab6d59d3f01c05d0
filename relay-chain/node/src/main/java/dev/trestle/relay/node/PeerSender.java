package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.ValidatorSet;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts what the node says into frames. Safe from any thread, as the network is. */
final class PeerSender {
  private final PeerNetwork network;
  private final RocksStore store;
  private final Map<EvmAddress, Hash32> fingerprints;

  /**
   * @param fingerprints transport identity of each validator
   */
  PeerSender(PeerNetwork network, RocksStore store, Map<EvmAddress, Hash32> fingerprints) {
    this.network = network;
    this.store = store;
    this.fingerprints = fingerprints;
  }

  void sendStatus(Hash32 peer, PeerStatus status) {
    network.send(peer, new Frame(FrameType.STATUS, status.encode()));
  }

  void broadcastStatus(PeerStatus status) {
    network.broadcast(new Frame(FrameType.STATUS, status.encode()));
  }

  /** New transactions, to everybody who may not know them. */
  void forward(List<Bytes> transactions, Optional<Hash32> from) {
    network.forward(transactions, from);
  }

  void sendBody(Hash32 peer, Block block) {
    network.send(peer, new Frame(FrameType.BODY, block.encode()));
  }

  void request(Hash32 peer, SyncRequest request) {
    network.send(peer, new Frame(FrameType.GET_BLOCKS, request.encode()));
  }

  /**
   * Completes when they are on their way: as many decided blocks from {@code from} on as there are,
   * are asked for and fit.
   */
  Future<Void> sendBlocks(Hash32 peer, long from, int count) {
    List<SyncResponse.Item> items = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < count && bytes < SyncResponse.SOFT_LIMIT_BYTES; i++) {
      Optional<SyncResponse.Item> item = store.raw(from + i);
      if (item.isEmpty()) {
        break;
      }
      bytes += item.get().block().size() + item.get().certificate().size();
      if (!items.isEmpty() && bytes > SyncResponse.SOFT_LIMIT_BYTES) {
        break;
      }
      items.add(item.get());
    }
    return network.send(peer, new Frame(FrameType.BLOCKS, new SyncResponse(from, items).encode()));
  }

  /** Block and certificate of {@code height} to a validator that is behind. */
  void sendDecided(EvmAddress validator, long height) {
    Hash32 peer = fingerprints.get(validator);
    if (peer != null) {
      sendBlocks(peer, height, 1);
    }
  }

  /**
   * @param body the block of a proposal, for peers of an older protocol; without it they get
   *     nothing
   */
  void broadcast(SignedMessage message, Optional<Block> body) {
    Frame frame = new Frame(FrameType.CONSENSUS, message.encode());
    if (message.message() instanceof ConsensusMessage.Proposal) {
      network.broadcastToValidators(
          frame,
          ProtocolRange.COMPACT_PROPOSALS,
          () -> body.map(block -> new Frame(FrameType.CONSENSUS, message.encodeWith(block))));
    } else {
      network.broadcastToValidators(frame);
    }
  }

  /** What is missing of a proposed block. */
  void askForTransactions(Hash32 blockId, List<Integer> places, EvmAddress validator) {
    Hash32 peer = fingerprints.get(validator);
    if (peer != null) {
      network.send(
          peer,
          new Frame(
              FrameType.GET_TRANSACTIONS, new BlockTransactions.Request(blockId, places).encode()));
    }
  }

  void sendTransactions(Hash32 peer, BlockTransactions transactions) {
    network.send(peer, new Frame(FrameType.BLOCK_TRANSACTIONS, transactions.encode()));
  }

  /** To the validators that did not sign it: the others are about to have it themselves. */
  void announce(CommitCertificate certificate, ValidatorSet validators) {
    Frame frame = new Frame(FrameType.CERTIFICATE, certificate.encode());
    for (int i = 0; i < validators.size(); i++) {
      Hash32 peer = fingerprints.get(validators.address(i));
      if (peer != null && !certificate.signatures().signers().contains(i)) {
        network.send(peer, frame);
      }
    }
  }

  void broadcast(Evidence evidence) {
    network.broadcastToValidators(new Frame(FrameType.EVIDENCE, evidence.encode()));
  }

  void askForBody(Hash32 blockId, List<EvmAddress> validators) {
    Frame frame = new Frame(FrameType.GET_BODY, blockId.bytes());
    for (EvmAddress validator : validators) {
      Hash32 peer = fingerprints.get(validator);
      if (peer != null) {
        network.send(peer, frame);
      }
    }
  }

  void disconnect(Hash32 peer, String reason) {
    network.disconnect(peer, reason);
  }
}
