package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.consensus.VerifiedMessage;
import java.util.List;
import java.util.Optional;

/**
 * Decodes and checks what validators send each other about blocks. Transactions that were not seen
 * before are checked here, so that the core thread finds that done when it executes their block. A
 * bad one changes nothing here: execution refuses it. That work is done only for blocks that are
 * going to be executed: no validator may keep these threads busy with others.
 */
final class ConsensusDecoder {
  private final MessageVerifier verifier;
  private final StateMachine machine;
  private final Wanted wanted;

  /** Height and round of the last proposal whose transactions were checked; of the vote thread. */
  private long height;

  private int round;

  /** What consensus waits for. Any thread may ask. */
  interface Wanted {
    boolean isWanted(Hash32 blockId);

    /** Those of an answer that are transactions of the block that is put together. */
    List<BlockTransactions.Item> wanted(BlockTransactions answer);
  }

  /** A message, and the block of a proposal that came whole. */
  record Heard(VerifiedMessage message, Optional<Block> body) {}

  ConsensusDecoder(MessageVerifier verifier, StateMachine machine, Wanted wanted) {
    this.verifier = verifier;
    this.machine = machine;
    this.wanted = wanted;
  }

  /**
   * On the one thread of the votes. What costs nothing to check comes first: a validator speaks for
   * itself, and a COMMIT of a height that was decided long ago tells nothing. One of the head's
   * height may contradict what its sender said before. Of a height whose set is not known here, or
   * was known, a message that does not verify says nothing against its sender.
   *
   * @param speaker the validator at the other end of the connection
   */
  Verdict<Heard> message(Bytes payload, EvmAddress speaker, ChainHead head) {
    return SignedMessage.decodeWithBody(payload)
        .then(
            received -> {
              SignedMessage message = received.message();
              if (!message.sender().equals(speaker)) {
                return Verdict.ignore(ConsensusCode.UNKNOWN_SIGNER, "not its own message");
              }
              if (message.message() instanceof ConsensusMessage.Commit
                  && message.height() < head.height()) {
                return Verdict.ignore(NodeReason.DUPLICATE, "decided already");
              }
              ValidatorSet set =
                  message.height() == head.height() ? head.validators() : head.nextValidators();
              if (message.height() != head.height() + 1 && set.indexOf(speaker).isEmpty()) {
                return Verdict.ignore(ConsensusCode.UNKNOWN_SIGNER, "perhaps of another epoch");
              }
              Verdict<Heard> verified = verified(received, set, head);
              boolean known =
                  message.height() == head.height() || message.height() == head.height() + 1;
              return known || verified.isAccepted()
                  ? verified
                  : Verdict.ignore(ConsensusCode.WRONG_VALIDATORS, "perhaps of another epoch");
            });
  }

  private Verdict<Heard> verified(
      SignedMessage.Received received, ValidatorSet set, ChainHead head) {
    return verifier
        .verify(received.message(), set)
        .then(
            valid -> {
              received
                  .body()
                  .filter(body -> isFirstInTurn(received.message(), head))
                  .ifPresent(body -> admit(body.transactions()));
              return Verdict.accept(new Heard(valid, received.body()));
            });
  }

  /** Once a round, and only for its proposer: nobody else's block is executed. */
  private boolean isFirstInTurn(SignedMessage signed, ChainHead head) {
    Statement statement = signed.message().statement();
    boolean first =
        statement.height() == head.height() + 1
            && head.rotation().proposer(statement.round()).equals(signed.sender())
            && (statement.height() > height || statement.round() > round);
    if (first) {
      height = statement.height();
      round = statement.round();
    }
    return first;
  }

  Verdict<Block> block(Bytes payload) {
    return Block.decode(payload)
        .then(
            block -> {
              if (wanted.isWanted(block.id())) {
                admit(block.transactions());
              }
              return Verdict.accept(block);
            });
  }

  /** Throws for what is malformed, as all decoders of frames do. */
  BlockTransactions transactions(Bytes payload) {
    BlockTransactions found = BlockTransactions.decode(payload);
    admit(wanted.wanted(found).stream().map(BlockTransactions.Item::transaction).toList());
    return found;
  }

  private void admit(List<Bytes> transactions) {
    transactions.forEach(machine::admit);
  }
}
