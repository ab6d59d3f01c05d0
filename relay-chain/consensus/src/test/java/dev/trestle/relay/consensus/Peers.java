package dev.trestle.relay.consensus;

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
 * {@code peers.prepare(2, 0, block)} is validator 2's PREPARE in round 0. Real signatures, real
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
    return deliver(keys.sign(from, new Proposal(round, block, List.of(), Optional.empty())));
  }

  /** With a justification of round changes that claim what {@code prepared} proves, by three. */
  List<ConsensusEffect> propose(
      int from, int round, Block block, Optional<PreparedCertificate> prepared) {
    return deliver(justified(from, round, block, prepared));
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
    return keys.sign(from, new Proposal(round, block, changes, prepared));
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

  /** What the last input broadcast, by kind. */
  List<Statement> said(StatementKind kind) {
    return broadcasts().stream()
        .map(message -> message.message().statement())
        .filter(statement -> statement.kind() == kind)
        .toList();
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
