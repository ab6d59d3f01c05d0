package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusMessage;
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

  ConsensusDecoder(MessageVerifier verifier, StateMachine machine) {
    this.verifier = verifier;
    this.machine = machine;
  }

  /**
   * What costs nothing to check comes first: a validator speaks for itself, and a COMMIT of a
   * height that is decided tells nothing.
   *
   * @param speaker the validator whose connection it came over
   * @param validators of the message's height
   * @param decided the newest height that is decided here
   */
  Verdict<Heard> message(Bytes payload, EvmAddress speaker, ValidatorSet validators, long decided) {
    return SignedMessage.decodeWithBody(payload)
        .then(
            received -> {
              SignedMessage message = received.message();
              if (!message.sender().equals(speaker)) {
                return Verdict.ignore(ConsensusCode.UNKNOWN_SIGNER, "not its own message");
              }
              if (message.message() instanceof ConsensusMessage.Commit
                  && message.height() <= decided) {
                return Verdict.ignore(NodeReason.DUPLICATE, "decided already");
              }
              return verified(received, validators);
            });
  }

  private Verdict<Heard> verified(SignedMessage.Received received, ValidatorSet validators) {
    return verifier
        .verify(received.message(), validators)
        .then(
            valid -> {
              received.body().ifPresent(block -> admit(block.transactions()));
              return Verdict.accept(new Heard(valid, received.body()));
            });
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
