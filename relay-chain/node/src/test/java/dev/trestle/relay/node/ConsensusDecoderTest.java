package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CompactBlock;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsensusDecoderTest {
  private final List<Bytes> checked = new ArrayList<>();
  private final Assembler assembler = new Assembler(id -> Optional.empty());
  private final ConsensusDecoder decoder =
      new ConsensusDecoder(
          new MessageVerifier(Chains.CHAIN),
          new Noting(),
          new ConsensusDecoder.Wanted() {
            @Override
            public boolean isWanted(Hash32 blockId) {
              return assembler.isWanted(blockId);
            }

            @Override
            public List<BlockTransactions.Item> wanted(BlockTransactions answer) {
              return assembler.wanted(answer);
            }
          });

  /** Admits nothing, and notes what it was asked. */
  private final class Noting implements StateMachine {
    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      checked.add(encoded);
      return Verdict.reject(NodeReason.BAD_FRAME, "nothing is admitted");
    }

    @Override
    public long nextNonce(PublicKey sender) {
      return 0;
    }

    @Override
    public Hash32 stateRoot() {
      return Hash32.ZERO;
    }

    @Override
    public ValidatorSets validators() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public void commit(BlockResult result) {
      throw new IllegalStateException("not asked for");
    }
  }

  @Test
  void onlyTransactionsOfTheBlockThatIsWaitedForAreChecked() {
    Bytes one = Bytes.utf8("one");
    Bytes two = Bytes.utf8("two");
    Block block = Chains.block(List.of(one, two), 2_000);
    BlockTransactions answer =
        new BlockTransactions(
            block.id(),
            List.of(
                new BlockTransactions.Item(0, Bytes.utf8("false")),
                new BlockTransactions.Item(0, two),
                new BlockTransactions.Item(9, two),
                new BlockTransactions.Item(1, two)));
    assertThat(decoder.block(block.encode()).isAccepted()).isTrue();
    assertThat(decoder.transactions(answer.encode())).isEqualTo(answer);
    assertThat(checked).as("of a block that nobody asked for").isEmpty();

    assertThat(assembler.take(CompactBlock.of(block))).isEmpty();
    decoder.transactions(answer.encode());
    assertThat(checked).containsExactly(two);
    checked.clear();
    decoder.block(block.encode());
    assertThat(checked).containsExactly(one, two);
  }

  @Test
  void aQuestionCostsWhatItsAnswerMayWeigh() {
    for (FrameType question : List.of(FrameType.GET_BODY, FrameType.GET_TRANSACTIONS)) {
      assertThat(new Frame(question, Hash32.ZERO.bytes()).cost())
          .isGreaterThanOrEqualTo(ConsensusLimits.MAX_BLOCK_BYTES);
    }
  }

  /** The set of another height than the next may be another one: its members are not refused. */
  @Test
  void strangersAreRefusedOnlyWhereTheSetIsKnown() {
    for (long height = 1; height <= 3; height++) {
      Verdict<ConsensusDecoder.Heard> verdict = prepare(height, DevNet.key("stranger", 0));
      if (height == 1) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
      } else {
        assertThat(verdict).isInstanceOf(Verdict.Ignored.class);
      }
      assertThat(prepare(height, Chains.KEY).isAccepted()).isTrue();
    }
  }

  /** A late COMMIT may be evidence; it counts against the set of its height, not the next one. */
  @Test
  void commitsOfTheHeadsHeightAreHeardFromTheSetThatCertifiedIt() {
    SecretKey joined = DevNet.key("joined", 0);
    ValidatorSet next = ValidatorSet.of(List.of(joined.publicKey()));
    long height = ConsensusLimits.ROTATION_PERIOD;
    ChainHead head =
        new ChainHead(
            height,
            Chains.CHAIN,
            2_000,
            0,
            Chains.SET,
            next,
            Rotation.startingAt(height + 1, next));
    assertThat(commit(height, Chains.KEY, head))
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted ->
                assertThat(((ConsensusDecoder.Heard) accepted.value()).message().validatorsHash())
                    .isEqualTo(Chains.SET.hash()));
    assertThat(commit(height, joined, head)).isInstanceOf(Verdict.Ignored.class);
    assertThat(commit(height - 1, Chains.KEY, head)).isInstanceOf(Verdict.Ignored.class);
    assertThat(commit(height + 1, joined, head).isAccepted()).isTrue();
  }

  private Verdict<ConsensusDecoder.Heard> prepare(long height, SecretKey key) {
    return message(new ConsensusMessage.Prepare(height, 0, Chains.CHAIN), key, Chains.genesis());
  }

  private Verdict<ConsensusDecoder.Heard> commit(long height, SecretKey key, ChainHead head) {
    return message(new ConsensusMessage.Commit(height, 0, Chains.CHAIN), key, head);
  }

  private Verdict<ConsensusDecoder.Heard> message(
      ConsensusMessage message, SecretKey key, ChainHead head) {
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(message.statement().digest(Chains.CHAIN), key);
    EvmAddress sender = key.publicKey().evmAddress();
    return decoder.message(new SignedMessage(message, sender, signature).encode(), sender, head);
  }
}
