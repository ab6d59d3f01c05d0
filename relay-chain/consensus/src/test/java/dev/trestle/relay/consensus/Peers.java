package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One core under test, validator 0 of n unless said otherwise, and the others played by the test:
 * {@code peers.prepare(2, 0, block)} is validator 2's PREPARE in round 0, and {@code
 * peers.verifyReceived(commit(0, block))} says what the others heard then. Real signatures, real
 * verification. Effects of the last input are in {@link #effects}.
 */
final class Peers implements ConsensusSigner {
  static final TimerPolicy TIMERS =
      new TimerPolicy(1_000, 500, 5_000, 30_000, 1_000, 250, 10_000, 500, 5_000);

  final TestKeys keys;
  final Optional<Integer> self;
  final ConsensusCore core;
  final MessageVerifier verifier = new MessageVerifier(TestKeys.CHAIN);
  final List<DurableRecord> log = new ArrayList<>();
  ConsensusState state;
  List<ConsensusEffect> effects = List.of();
  long nowMs = TestKeys.GENESIS_MS + 1_000;
  Optional<SignGuardRules.Last> guard = Optional.empty();

  Peers(int count, int self) {
    this(new TestKeys(count), Optional.of(self));
  }

  /** Without a number: an observer. */
  Peers(TestKeys keys, Optional<Integer> self) {
    this(keys, self, ConsensusConfig.MINIMUM_VALIDATORS);
  }

  Peers(TestKeys keys, Optional<Integer> self, int minimum) {
    this.keys = keys;
    this.self = self;
    this.core = new ConsensusCore(new ConsensusConfig(TestKeys.CHAIN, TIMERS, minimum), this);
    this.state = core.initial();
  }

  /** Four validators, the core is number 0, height 1 has started with work. Round 0 is 1's. */
  static Peers started() {
    return startedAs(0);
  }

  static Peers startedAs(int self) {
    Peers peers = new Peers(4, self);
    peers.start(true, RecoveredHeight.NONE);
    return peers;
  }

  @Override
  public EvmAddress address() {
    return self.map(keys.validators::address)
        .orElse(new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE])));
  }

  @Override
  public Optional<EcdsaSignature> sign(SignPosition position, Hash32 digest) {
    return switch (SignGuardRules.decide(guard, position, digest)) {
      case Verdict.Accepted<SignGuardRules.Decision>(
              SignGuardRules.Decision.Repeat(EcdsaSignature stored)) ->
          Optional.of(stored);
      case Verdict.Accepted<SignGuardRules.Decision> fresh -> {
        EcdsaSignature signature = keys.sign(self.orElseThrow(), digest);
        guard = Optional.of(new SignGuardRules.Last(position, digest, signature));
        yield Optional.of(signature);
      }
      default -> Optional.empty();
    };
  }

  List<ConsensusEffect> feed(ConsensusInput input) {
    Step step = core.apply(state, input);
    state = step.state();
    effects = step.effects();
    for (ConsensusEffect effect : effects) {
      if (effect instanceof ConsensusEffect.Persist(DurableRecord record)) {
        log.add(record);
      }
    }
    return effects;
  }

  List<ConsensusEffect> start(boolean work, RecoveredHeight recovered) {
    return feed(new ConsensusInput.StartHeight(genesis(), work, recovered, nowMs));
  }

  ChainHead genesis() {
    return ChainHead.genesis(TestKeys.CHAIN, TestKeys.GENESIS_MS, keys.validators);
  }

  /** Forgets everything but log and guard, and starts again. */
  List<ConsensusEffect> restart() {
    state = core.initial();
    return start(true, RecoveredHeight.recover(List.copyOf(log)));
  }

  List<ConsensusEffect> deliver(SignedMessage message) {
    return feed(
        new ConsensusInput.Message(verifier.verify(message, keys.validators).orThrow(), nowMs));
  }

  List<ConsensusEffect> propose(int from, int round, Block block) {
    return withBody(proposal(from, round, block), block);
  }

  /** A proposal without justification; its block is not sent along. */
  SignedMessage proposal(int from, int round, Block block) {
    return keys.sign(
        from, new Proposal(round, CompactBlock.of(block), List.of(), Optional.empty()));
  }

  /** The message, and the body when the core asks for it. */
  private List<ConsensusEffect> withBody(SignedMessage message, Block block) {
    List<ConsensusEffect> all = new ArrayList<>(deliver(message));
    if (all.stream().anyMatch(ConsensusEffect.AssembleBlock.class::isInstance)) {
      all.removeIf(ConsensusEffect.AssembleBlock.class::isInstance);
      all.addAll(body(block));
      effects = List.copyOf(all);
    }
    return effects;
  }

  List<ConsensusEffect> body(Block block) {
    return feed(new ConsensusInput.BodyReceived(block, nowMs));
  }

  /** With a justification of round changes that claim what {@code prepared} proves, by three. */
  List<ConsensusEffect> propose(
      int from, int round, Block block, Optional<PreparedCertificate> prepared) {
    return withBody(justified(from, round, block, prepared), block);
  }

  SignedMessage justified(
      int from, int round, Block block, Optional<PreparedCertificate> prepared) {
    List<SignedStatement> changes = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      changes.add(
          keys.sign(
              i,
              Statement.roundChange(
                  1,
                  round,
                  prepared.map(PreparedCertificate::round).orElse(-1),
                  prepared.map(PreparedCertificate::blockId).orElse(Hash32.ZERO))));
    }
    return keys.sign(from, new Proposal(round, CompactBlock.of(block), changes, prepared));
  }

  List<ConsensusEffect> prepare(int from, int round, Block block) {
    return deliver(keys.sign(from, new ConsensusMessage.Prepare(1, round, block.id())));
  }

  List<ConsensusEffect> commit(int from, int round, Block block) {
    return deliver(keys.sign(from, new ConsensusMessage.Commit(1, round, block.id())));
  }

  List<ConsensusEffect> roundChange(int from, int round, Optional<PreparedCertificate> prepared) {
    return deliver(keys.sign(from, new ConsensusMessage.RoundChange(1, round, prepared)));
  }

  List<ConsensusEffect> executed(Block block, String content) {
    return feed(
        new ConsensusInput.BlockExecuted(
            block.id(), Verdict.accept(TestKeys.stateRoot(content)), nowMs));
  }

  List<ConsensusEffect> timer(TimerId.Kind kind, int round) {
    return feed(new ConsensusInput.TimerFired(new TimerId(1, round, kind), nowMs));
  }

  /** Accepted, prepared by 1 and 2, committed by this node; not decided. */
  Block preparedInRound0() {
    Block block = keys.block(1, "a");
    propose(1, 0, block);
    executed(block, "a");
    prepare(1, 0, block);
    prepare(2, 0, block);
    return block;
  }

  /** Block {@code block} proposed in {@code round}. */
  static Statement proposal(int round, Block block) {
    return Statement.proposal(block.height(), round, block.id());
  }

  static Statement prepare(int round, Block block) {
    return Statement.prepare(block.height(), round, block.id());
  }

  static Statement commit(int round, Block block) {
    return Statement.commit(block.height(), round, block.id());
  }

  /** To {@code round} of height 1, prepared for nothing. */
  static Statement roundChange(int round) {
    return Statement.roundChange(1, round, -1, Hash32.ZERO);
  }

  /** To {@code round}, prepared for {@code block} in {@code preparedRound}. */
  static Statement roundChange(int round, int preparedRound, Block block) {
    return Statement.roundChange(block.height(), round, preparedRound, block.id());
  }

  /**
   * The peers received exactly this in answer to the last input, in this order; each is what it
   * seems to every verifier, and was in the log before it left.
   */
  void verifyReceived(Statement... expected) {
    assertThat(broadcasts())
        .extracting(each -> each.message().statement())
        .containsExactly(expected);
    for (SignedMessage each : broadcasts()) {
      assertThat(verifier.verify(each, keys.validators).isAccepted()).isTrue();
      boolean logged =
          each.message() instanceof ConsensusMessage.RoundChange
              ? log.stream()
                  .anyMatch(
                      record ->
                          record instanceof DurableRecord.Round round
                              && round.roundChange().filter(each::equals).isPresent())
              : log.contains(new DurableRecord.OwnMessage(each));
      assertThat(logged).as("logged: %s", each).isTrue();
    }
  }

  void verifyReceivedNothing() {
    verifyReceived();
  }

  List<SignedMessage> broadcasts() {
    return all(ConsensusEffect.Broadcast.class).stream()
        .map(ConsensusEffect.Broadcast::message)
        .toList();
  }

  <T extends ConsensusEffect> List<T> all(Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
