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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Puts what the node says into frames. Safe from any thread, as the network is. */
final class PeerSender {
  private final Peers network;
  private final RocksStore store;
  private final ValidatorPeers validators;

  /**
   * @param validators transport identities of the validators
   */
  PeerSender(Peers network, RocksStore store, ValidatorPeers validators) {
    this.network = network;
    this.store = store;
    this.validators = validators;
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

  /** Completes when it is on its way. */
  CompletionStage<Void> sendBody(Hash32 peer, Block block) {
    return network.send(peer, new Frame(FrameType.BODY, block.encode()), ProtocolRange.FIRST);
  }

  void request(Hash32 peer, SyncRequest request) {
    network.send(peer, new Frame(FrameType.GET_BLOCKS, request.encode()));
  }

  /**
   * Completes when they are on their way: as many decided blocks from {@code from} on as there are,
   * are asked for and fit.
   */
  CompletionStage<Void> sendBlocks(Hash32 peer, long from, int count) {
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
    Frame frame = new Frame(FrameType.BLOCKS, new SyncResponse(from, items).encode());
    return network.send(peer, frame, ProtocolRange.FIRST);
  }

  /** Block and certificate of {@code height} to a validator that is behind. */
  void sendDecided(EvmAddress validator, long height) {
    for (Hash32 peer : validators.fingerprintsOf(validator)) {
      CompletionStage<Void> _ = sendBlocks(peer, height, 1);
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
    Frame frame =
        new Frame(
            FrameType.GET_TRANSACTIONS, new BlockTransactions.Request(blockId, places).encode());
    send(validator, frame);
  }

  /** Completes when they are on their way. */
  CompletionStage<Void> sendTransactions(Hash32 peer, BlockTransactions transactions) {
    Frame frame = new Frame(FrameType.BLOCK_TRANSACTIONS, transactions.encode());
    return network.send(peer, frame, ProtocolRange.COMPACT_PROPOSALS);
  }

  /** To those of its set that did not sign it: the others are about to have it themselves. */
  void announce(CommitCertificate certificate, ValidatorSet signers) {
    Frame frame = new Frame(FrameType.CERTIFICATE, certificate.encode());
    for (int i = 0; i < signers.size(); i++) {
      if (!certificate.signatures().signers().contains(i)) {
        send(signers.address(i), frame);
      }
    }
  }

  private void send(EvmAddress validator, Frame frame) {
    for (Hash32 peer : validators.fingerprintsOf(validator)) {
      network.send(peer, frame);
    }
  }

  void broadcast(Evidence evidence) {
    network.broadcastToValidators(new Frame(FrameType.EVIDENCE, evidence.encode()));
  }

  void askForBody(Hash32 blockId, List<EvmAddress> from) {
    Frame frame = new Frame(FrameType.GET_BODY, blockId.bytes());
    from.forEach(validator -> send(validator, frame));
  }

  /** A question or answer about snapshots; completes when it is on its way. */
  CompletionStage<Void> aboutSnapshots(Hash32 peer, FrameType type, Bytes payload) {
    return network.send(peer, new Frame(type, payload), ProtocolRange.SNAPSHOTS);
  }

  void rightsChanged() {
    network.rightsChanged();
  }

  /** Ends the connection with a peer that broke a rule. */
  void punish(Hash32 peer, PeerScores.Offence offence, String reason) {
    network.punish(peer, offence, reason);
  }
}
