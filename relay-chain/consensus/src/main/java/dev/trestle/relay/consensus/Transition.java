package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.HeightState.Phase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One step of the core while it is computed: a draft of the height's state, and the effects so far.
 * Lives for one {@link ConsensusCore#apply}; the rules are in {@link ProposalRules}, {@link
 * VoteRules}, {@link RoundRules} and {@link PeerRules}.
 */
final class Transition {
  final ConsensusConfig config;
  final ConsensusSigner signer;
  final Rules rules;
  final long nowMs;
  final List<ConsensusEffect> effects = new ArrayList<>();

  final ProposalRules proposals = new ProposalRules(this);
  final VoteRules voting = new VoteRules(this);
  final RoundRules rounds = new RoundRules(this);
  final PeerRules peerRules = new PeerRules(this);

  // constant for the height
  final ChainHead parent;
  final ValidatorSet validators;
  final OptionalInt self;

  // the draft
  Phase phase;
  boolean active;
  boolean workPending;
  boolean heartbeatDue;
  RoundState round;
  Optional<PreparedCertificate> prepared;
  VoteKeeper votes;
  RoundChangeKeeper changes;
  Bodies bodies;
  List<SignedMessage> own;
  EvidenceLog said;
  EvidenceLog saidBefore;
  Optional<Hash32> fetching;
  Optional<CommitCertificate> decided;
  PeerProgress peers;
  Pace pace;

  Transition(
      ConsensusConfig config,
      ConsensusSigner signer,
      Rules rules,
      HeightState from,
      PeerProgress peers,
      Pace pace,
      long nowMs) {
    this.config = config;
    this.signer = signer;
    this.rules = rules;
    this.nowMs = nowMs;
    this.parent = from.parent();
    this.validators = from.validators();
    this.self = from.self();
    this.phase = from.phase();
    this.active = from.active();
    this.workPending = from.workPending();
    this.heartbeatDue = from.heartbeatDue();
    this.round = from.round();
    this.prepared = from.prepared();
    this.votes = from.votes();
    this.changes = from.changes();
    this.bodies = from.bodies();
    this.own = from.own();
    this.said = from.said();
    this.saidBefore = from.saidBefore();
    this.fetching = from.fetching();
    this.decided = from.decided();
    this.peers = peers;
    this.pace = pace;
  }

  Step finish() {
    HeightState height =
        new HeightState(
            parent,
            validators,
            self,
            phase,
            active,
            workPending,
            heartbeatDue,
            round,
            prepared,
            votes,
            changes,
            bodies,
            own,
            said,
            saidBefore,
            fetching,
            decided);
    return new Step(new ConsensusState(Optional.of(height), peers, pace), effects);
  }

  long height() {
    return parent.height() + 1;
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  boolean isMember() {
    return self.isPresent();
  }

  /** Whether this node proposes in the current round. */
  boolean isProposer() {
    return isMember() && isProposer(signer.address(), round.number());
  }

  boolean isProposer(EvmAddress member, int roundNumber) {
    return parent.rotation().proposer(roundNumber).equals(member);
  }

  /**
   * When the proposal of round 0 is due: the least interval after the parent's time, or after this
   * height started here if this clock is behind.
   */
  long firstDueMs() {
    return Math.min(parent.timeMs(), round.startedMs()) + config.timers().minBlockIntervalMs();
  }

  /** When the work of the current round could begin. */
  long workStartMs() {
    return round.number() > 0 ? round.startedMs() : Math.max(round.startedMs(), firstDueMs());
  }

  void emit(ConsensusEffect effect) {
    effects.add(effect);
  }

  void notice(ConsensusCode code, String detail) {
    emit(new ConsensusEffect.Notice(code, detail));
  }

  /** Empty, with a notice, if the guard refuses: then this node is silent at this position. */
  Optional<SignedMessage> sign(ConsensusMessage message) {
    Statement statement = message.statement();
    Optional<SignedMessage> signed =
        signer
            .sign(statement.position(), rules.digest(statement, config.chainId()))
            .map(signature -> new SignedMessage(message, signer.address(), signature));
    if (signed.isEmpty()) {
      notice(ConsensusCode.SIGN_REFUSED, statement.position().toString());
    }
    return signed;
  }

  /** Persist, then speak. */
  void say(SignedMessage message) {
    List<SignedMessage> more = new ArrayList<>(own);
    more.add(message);
    own = List.copyOf(more);
    emit(new ConsensusEffect.Persist(new DurableRecord.OwnMessage(message)));
    emit(new ConsensusEffect.Broadcast(message));
  }

  boolean hasSaid(StatementKind kind, int roundNumber) {
    return own.stream()
        .map(message -> message.message().statement())
        .anyMatch(each -> each.kind() == kind && each.round() == roundNumber);
  }

  /** Keeps a body; the one this node is prepared for is never the one that is dropped. */
  void keep(Block block) {
    bodies = bodies.add(block);
    prepared.flatMap(certificate -> bodies.find(certificate.blockId())).ifPresent(this::touch);
  }

  private void touch(Block block) {
    bodies = bodies.add(block);
  }

  /** Emitted once for each proposal; R7 repeats it. */
  void assemble(CompactBlock block, EvmAddress proposer) {
    if (fetching.filter(block.id()::equals).isPresent()) {
      return;
    }
    fetching = Optional.of(block.id());
    Set<EvmAddress> holders = new LinkedHashSet<>(List.of(proposer));
    votes
        .of(StatementKind.PREPARE, round.number(), block.id())
        .keySet()
        .forEach(voter -> holders.add(validators.address(voter)));
    holders.remove(signer.address());
    emit(new ConsensusEffect.AssembleBlock(block, List.copyOf(holders)));
  }

  /** The body is durable before anything is said about it. */
  void persistBody(Block block) {
    boolean persisted =
        own.stream().anyMatch(each -> each.message().statement().blockId().equals(block.id()));
    if (!persisted) {
      emit(new ConsensusEffect.Persist(new DurableRecord.Body(block)));
    }
  }

  /** Emitted once for each body; R7 repeats it. */
  void fetch(Hash32 blockId, SignatureList holders) {
    if (fetching.filter(blockId::equals).isPresent()) {
      return;
    }
    fetching = Optional.of(blockId);
    emit(
        new ConsensusEffect.FetchBlock(
            height(), blockId, holders.signers().stream().map(validators::address).toList()));
  }
}
