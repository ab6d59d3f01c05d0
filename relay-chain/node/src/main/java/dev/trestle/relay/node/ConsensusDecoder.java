package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.consensus.VerifiedMessage;
import java.util.List;
import java.util.Optional;

/**
 * Decodes and checks what validators send each other about blocks. On workers: transactions that
 * were not seen before are checked here, so that the core thread finds that done when it executes
 * their block. A bad one changes nothing here: execution refuses it.
 */
final class ConsensusDecoder {
  private final MessageVerifier verifier;
  private final StateMachine machine;

  /** A message, and the block of a proposal that came whole. */
  record Heard(VerifiedMessage message, Optional<Block> body) {}

  ConsensusDecoder(Hash32 chainId, StateMachine machine) {
    this.verifier = new MessageVerifier(chainId);
    this.machine = machine;
  }

  /**
   * @param validators of the message's height
   */
  Verdict<Heard> message(Bytes payload, ValidatorSet validators) {
    return SignedMessage.decodeWithBody(payload)
        .then(
            received ->
                verifier
                    .verify(received.message(), validators)
                    .then(
                        valid -> {
                          received.body().ifPresent(block -> admit(block.transactions()));
                          return Verdict.accept(new Heard(valid, received.body()));
                        }));
  }

  Verdict<Block> block(Bytes payload) {
    return Block.decode(payload)
        .then(
            block -> {
              admit(block.transactions());
              return Verdict.accept(block);
            });
  }

  /** Throws for what is malformed, as all decoders of frames do. */
  BlockTransactions transactions(Bytes payload) {
    BlockTransactions found = BlockTransactions.decode(payload);
    admit(found.items().stream().map(BlockTransactions.Item::transaction).toList());
    return found;
  }

  private void admit(List<Bytes> transactions) {
    transactions.forEach(machine::admit);
  }
}
