package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.Diagnostics;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignedMessage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where the head moves, be it by consensus or by sync, and what follows from that.
 * Runs on the core thread.
 */
final class NodePort implements ConsensusPort, BlockSync.Port, ConsensusDecoder.Wanted {
  private static final Logger LOG = LoggerFactory.getLogger(NodePort.class);

  /** Most transactions that this node puts into a block. */
  static final int MAX_TRANSACTIONS = 5_000;

  /** Blocks that a validator without memory abstains beyond what is certain. */
  static final long ABSTAIN_SLACK = 16;

  /** Least time between two statuses that follow from blocks. */
  static final long STATUS_INTERVAL_MS = 50;

  private final ChainExecutor chain;
  private final TransactionDesk desk;
  private final Misbehaviour misbehaviour;
  private final BodyCache bodies = new BodyCache();
  private final Assembler assembler;

  /** The block whose body consensus asked for last. */
  private volatile Optional<Hash32> awaited = Optional.empty();

  private final Optional<GuardedSigner> signer;
  private final PeerSender out;
  private final TimeSource clock;
  private final Consumer<DecidedBlock> decided;
  private final long maxBlockBytes;
  private final BlockSync sync;
  private final ValidatorPeers validators;
  private Supplier<Optional<ConsensusDriver>> consensus = Optional::empty;
  private Optional<Joining> joining = Optional.empty();
  private Optional<Diagnostics> diagnostics = Optional.empty();
  private final StallWatch stall = new StallWatch();
  private long statusToldMs;
  private boolean statusDue;

  /**
   * @param validators kept up to date here
   * @param maxBlockBytes sum of a block's transactions
   * @param decided told of every block after it is stored; must not block
   */
  NodePort(
      ChainExecutor chain,
      TransactionDesk desk,
      Misbehaviour misbehaviour,
      Optional<GuardedSigner> signer,
      PeerSender out,
      TimeSource clock,
      ValidatorPeers validators,
      long maxBlockBytes,
      Consumer<DecidedBlock> decided) {
    this.validators = validators;
    this.chain = chain;
    this.desk = desk;
    this.misbehaviour = misbehaviour;
    this.assembler = new Assembler(desk::find);
    this.signer = signer;
    this.out = out;
    this.clock = clock;
    this.decided = decided;
    this.maxBlockBytes = maxBlockBytes;
    this.sync = new BlockSync(this, () -> !isMember(), validators::certifying);
  }

  void drives(ConsensusDriver driver) {
    consensus = () -> Optional.of(driver);
  }

  /** How a node says that it is ready to join the set. */
  record Joining(Readiness readiness, Consumer<Bytes> send) {}

  void joins(Joining by) {
    joining = Optional.of(by);
  }

  /** Peers and their heads, validators first. */
  List<Map.Entry<Hash32, Long>> sources() {
    return StateSync.ordered(sync.statuses(), validators.certifying());
  }

  /**
   * Blocks up to a snapshot are never seen here. What they would have shown of this node's key is
   * read from the snapshot, and a guard that has signed nothing gives up what a former life of the
   * key may have signed.
   */
  void skipTo(SnapshotRestore restored) {
    signer.ifPresent(
        own -> {
          if (own.state().last().isEmpty()) {
            own.abstainThrough(
                Math.max(reachedHead(), restored.manifest().height()) + 1,
                "this guard is new, and blocks that may have shown older signatures were skipped");
          } else if (restored.newestSignatureOf(own.address()) > own.state().height()) {
            own.stop(
                NodeReason.GUARD_ROLLED_BACK.code() + ": a snapshot has a later signature of it");
          }
        });
  }

  /** Whether this node is of the set that certifies the next block. */
  private boolean isMember() {
    return signer.filter(own -> chain.validators().indexOf(own.address()).isPresent()).isPresent();
  }

  /** Why this validator does not vote on the next block; empty if it does, and for followers. */
  Optional<String> silent() {
    long next = chain.head().height() + 1;
    return signer.flatMap(
        own ->
            isMember()
                ? own.silentAt(next)
                : Optional.of("not of the set that certifies height " + next));
  }

  private long certainHead() {
    return sync.certainHead(validators.certifying(), chain.validators().maxFaulty());
  }

  /**
   * Whether so many validators have told where they are that with this node they are a quorum, and
   * it has the blocks that at least one honest one of them has.
   */
  boolean isCaughtUp() {
    long heard =
        sync.statuses().keySet().stream().filter(validators.certifying()::contains).count();
    return heard >= chain.validators().quorum() - 1 && chain.head().height() >= certainHead();
  }

  BlockSync sync() {
    return sync;
  }

  Misbehaviour misbehaviour() {
    return misbehaviour;
  }

  BodyCache bodies() {
    return bodies;
  }

  /**
   * The head that the others have, as far as one honest validator vouches for it; what any peer
   * claims where too few validators are connected.
   */
  long networkHead() {
    long certain = certainHead();
    return certain > 0 ? certain : sync.claimedHead();
  }

  /** Of the height that is being decided; empty before its first change of round. */
  Optional<Diagnostics> diagnostics() {
    return diagnostics.filter(each -> each.height() == chain.head().height() + 1);
  }

  PeerStatus status() {
    ChainHead head = chain.head();
    long height = isMember() ? head.height() + 1 : head.height();
    long round = diagnostics().map(each -> (long) each.round()).orElse(0L);
    return new PeerStatus(head.height(), head.id(), height, round);
  }

  @Override
  public ChainHead head() {
    return chain.head();
  }

  @Override
  public boolean hasWork() {
    return desk.hasWork() || misbehaviour.pool().size() > 0;
  }

  @Override
  public long gatherMs() {
    return desk.gatherMs();
  }

  @Override
  public void broadcast(SignedMessage message) {
    out.broadcast(message, bodies.find(message.message().statement().blockId()));
  }

  @Override
  public void sendDecided(EvmAddress peer, long height) {
    out.sendDecided(peer, height);
  }

  @Override
  public void announce(CommitCertificate certificate) {
    // it is the head's by now: signers are numbered as in the set that certified that
    out.announce(certificate, chain.head().validators());
    tellStatus();
  }

  /** Tells everybody where this node is, but not at every block of a fast chain. */
  private void tellStatus() {
    long now = clock.nowMillis();
    statusDue = now - statusToldMs < STATUS_INTERVAL_MS;
    if (!statusDue) {
      statusToldMs = now;
      out.broadcastStatus(status());
    }
  }

  /** From time to time: asks for blocks, tells what was held back. */
  void tick() {
    sync.tick(clock.nowMillis());
    stall
        .look(consensus.get().flatMap(ConsensusDriver::diagnostics), clock.nowMillis())
        .ifPresent(this::stalled);
    if (statusDue) {
      tellStatus();
    }
  }

  private void stalled(Diagnostics height) {
    NodeEvent.HEIGHT_STALLED
        .on(LOG)
        .addKeyValue("height", height.height())
        .addKeyValue("round", height.round())
        .addKeyValue("seconds", stalledMs() / 1_000)
        .addKeyValue("waitsFor", height.waitsFor().name().toLowerCase(Locale.ROOT))
        .addKeyValue("missing", height.missing())
        .log("a height does not end");
  }

  /** For how long the height that is being decided has been at work, if that is too long. */
  long stalledMs() {
    return stall.stalledMs(clock.nowMillis());
  }

  @Override
  public Block build(ConsensusEffect.BuildBlock request) {
    EvmAddress builder = signer.orElseThrow().address();
    List<Evidence> faults = misbehaviour.pool().first();
    List<Bytes> transactions = desk.select(MAX_TRANSACTIONS, maxBlockBytes);
    Optional<Block> built = chain.build(request.timeMs(), builder, transactions, faults);
    if (built.isEmpty()) {
      LOG.error("the machine refuses a block of {} transactions; dropped", transactions.size());
      desk.drop(transactions);
      built = chain.build(request.timeMs(), builder, List.of(), faults);
    }
    Block block =
        built.orElseThrow(
            () -> new TrestleException(NodeReason.BAD_BLOCK, "the machine refuses an empty block"));
    bodies.add(block);
    return block;
  }

  @Override
  public Verdict<Hash32> execute(Block block) {
    bodies.add(block);
    if (block.transactions().size() > ConsensusLimits.MAX_TRANSACTIONS) {
      return Verdict.reject(NodeReason.BAD_BLOCK, "too many transactions");
    }
    return chain.execute(block);
  }

  /** First the proposer is asked for what is missing, then everybody for the whole body. */
  @Override
  public void assemble(ConsensusEffect.AssembleBlock request) {
    Hash32 id = request.block().id();
    awaited = Optional.of(id);
    boolean again = assembler.isWanted(id);
    Optional<Block> whole = assembler.take(request.block());
    if (whole.isPresent()) {
      body(whole.get());
    } else if (again) {
      out.askForBody(id, request.from());
    } else if (!request.from().isEmpty()) {
      out.askForTransactions(id, assembler.missing(), request.from().getFirst());
    }
  }

  @Override
  public boolean isWanted(Hash32 blockId) {
    return awaited.filter(blockId::equals).isPresent();
  }

  @Override
  public List<BlockTransactions.Item> wanted(BlockTransactions answer) {
    return assembler.wanted(answer);
  }

  /** What a peer sent of a proposed block. */
  void transactions(BlockTransactions found) {
    assembler.receive(found).ifPresent(this::body);
  }

  /** A body that consensus may have asked for. */
  void body(Block block) {
    consensus
        .get()
        .ifPresent(
            driver -> driver.feed(new ConsensusInput.BodyReceived(block, clock.nowMillis())));
  }

  @Override
  public void fetch(ConsensusEffect.FetchBlock request) {
    awaited = Optional.of(request.blockId());
    out.askForBody(request.blockId(), request.from());
  }

  @Override
  public void decide(Block block, CommitCertificate certificate) {
    commit(block, certificate);
  }

  /** Verified evidence, found here or told by a peer: a block should hold it soon. */
  @Override
  public void evidence(Evidence found) {
    if (misbehaviour.found(found)) {
      consensus.get().ifPresent(ConsensusDriver::work);
    }
  }

  @Override
  public void forked(Optional<CommitCertificate> decided, CommitCertificate other) {
    misbehaviour.forked(decided, other);
  }

  /** With too little room on the disk nothing new is kept; the driver is paused by its owner. */
  void pause(boolean now) {
    misbehaviour.pool().pause(now);
    sync.pause(now);
  }

  @Override
  public void syncNeeded(long height) {
    sync.need(height, clock.nowMillis());
  }

  @Override
  public void diverged(Block block, CommitCertificate certificate) {
    throw new TrestleException(
        ConsensusCode.DIVERGED, "a quorum certified " + block + ", which this node refuses");
  }

  @Override
  public void summary(Diagnostics summary) {
    diagnostics = Optional.of(summary);
    NodeEvent.ROUND_CHANGED
        .on(LOG)
        .addKeyValue("height", summary.height())
        .addKeyValue("round", summary.round())
        .addKeyValue("proposer", summary.proposer())
        .addKeyValue("preparedRound", summary.preparedRound())
        .addKeyValue("missingRoundChanges", summary.missingRoundChanges())
        .addKeyValue("missingPrepares", summary.missingPrepares())
        .addKeyValue("missingCommits", summary.missingCommits())
        .log("another round");
  }

  @Override
  public void notice(ConsensusCode code, String detail) {
    NodeEvent.CONSENSUS_NOTICE.on(LOG).addKeyValue("code", code.code()).log(detail);
  }

  @Override
  public void request(Hash32 peer, SyncRequest request) {
    out.request(peer, request);
  }

  @Override
  public Verdict<Block> apply(Block block, CommitCertificate certificate) {
    Verdict<Block> checked = chain.checkDecided(block, certificate);
    if (checked.isAccepted()) {
      signer.ifPresent(own -> watchOwnSignature(own, certificate));
      commit(block, certificate);
    }
    return checked;
  }

  @Override
  public void headMoved() {
    consensus.get().ifPresent(ConsensusDriver::headMoved);
    tellStatus();
  }

  @Override
  public void disconnect(Hash32 peer, String reason) {
    out.punish(peer, PeerScores.Offence.FALSE_CONTENT, reason);
  }

  /**
   * The chain holds a signature of ours that our guard does not know: the guard is older than the
   * key's last use. A key started as new gives up every height that its former life may have
   * signed; any other one stops.
   */
  private void watchOwnSignature(GuardedSigner own, CommitCertificate certificate) {
    OptionalInt index = chain.validators().indexOf(own.address());
    if (index.isEmpty()
        || certificate.height() <= own.state().height()
        || !certificate.signatures().signers().contains(index.getAsInt())) {
      return;
    }
    if (own.state().last().isEmpty()) {
      own.abstainThrough(
          Math.max(reachedHead(), certificate.height()) + 1,
          "this key signed before its guard was made");
    } else {
      own.stop(
          NodeReason.GUARD_ROLLED_BACK.code()
              + ": the chain has a later signature of this key, at height "
              + certificate.height());
    }
  }

  /**
   * Where the chain may have been when this node lost its memory. The slack is for validators that
   * have not told their newest head yet; liars cannot move it further.
   */
  private long reachedHead() {
    long certain = certainHead();
    return Math.min(sync.claimedHead(), certain + ABSTAIN_SLACK);
  }

  private void commit(Block block, CommitCertificate certificate) {
    ChainExecutor.Committed done = chain.commit(block, certificate);
    desk.decided(done.block(), done.transactions());
    bodies.clear();
    assembler.clear();
    awaited = Optional.empty();
    misbehaviour.pool().headMoved();
    if (validators.update(chain.sets(), block.height())) {
      out.rightsChanged();
    }
    joining.ifPresent(by -> by.readiness().due(block.height(), networkHead()).ifPresent(by.send()));
    decided.accept(done.block());
  }
}
