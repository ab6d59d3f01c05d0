package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.CompactBlock;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusConfig;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.Diagnostics;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.TimerPolicy;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.consensus.VerifiedMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One validator of four, prepared in round 0, is paused until its round is over. */
class PauseTest {
  private static final long ROUND_MS = 400;
  private static final Hash32 CHAIN = Chains.CHAIN;

  private final List<SecretKey> keys =
      IntStream.range(0, 4)
          .mapToObj(i -> DevNet.key("pause", i))
          .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
          .toList();
  private final ValidatorSet set =
      ValidatorSet.of(keys.stream().map(SecretKey::publicKey).toList());

  @TempDir Path temp;

  private final ChainHead genesis =
      ChainHead.genesis(CHAIN, System.currentTimeMillis() - 1_000, set);
  private final EvmAddress proposer = genesis.rotation().proposer(0);

  /** Somebody else than the proposer. */
  private final SecretKey own =
      keys.stream().filter(key -> !address(key).equals(proposer)).findFirst().orElseThrow();

  private final Block block = block();
  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private final CoreThread thread = new CoreThread("pause-core", fault::complete);
  private final Port port = new Port();
  private Optional<Parts> opened = Optional.empty();

  private record Parts(WriteAheadLog log, GuardedSigner signer, ConsensusDriver driver) {}

  /** Notes what is said, and runs every block. */
  private final class Port implements ConsensusPort {
    private final List<SignedMessage> said = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();

    private record Waiter(Predicate<SignedMessage> wanted, CompletableFuture<SignedMessage> told) {}

    private CompletableFuture<SignedMessage> waitFor(Predicate<SignedMessage> wanted) {
      Waiter waiter = new Waiter(wanted, new CompletableFuture<>());
      waiters.add(waiter);
      return waiter.told();
    }

    @Override
    public void broadcast(SignedMessage message) {
      said.add(message);
      waiters.stream()
          .filter(each -> each.wanted().test(message))
          .forEach(each -> each.told().complete(message));
    }

    @Override
    public ChainHead head() {
      return genesis;
    }

    @Override
    public long gatherMs() {
      return 0;
    }

    @Override
    public boolean hasWork() {
      return true;
    }

    @Override
    public Block build(ConsensusEffect.BuildBlock request) {
      throw new AssertionError("not the proposer of this round");
    }

    @Override
    public Verdict<Hash32> execute(Block executed) {
      return Verdict.accept(executed.header().stateRoot());
    }

    @Override
    public void assemble(ConsensusEffect.AssembleBlock request) {
      driver().feed(new ConsensusInput.BodyReceived(block, System.currentTimeMillis()));
    }

    @Override
    public void decide(Block decided, CommitCertificate certificate) {
      throw new AssertionError("decided without a quorum of commits");
    }

    @Override
    public void diverged(Block other, CommitCertificate certificate) {
      throw new AssertionError("diverged at " + other);
    }

    @Override
    public void forked(Optional<CommitCertificate> decided, CommitCertificate other) {
      throw new AssertionError("forked by " + other);
    }

    @Override
    public void evidence(Evidence evidence) {
      throw new AssertionError("evidence: " + evidence);
    }

    @Override
    public void sendDecided(EvmAddress peer, long height) {}

    @Override
    public void announce(CommitCertificate certificate) {}

    @Override
    public void fetch(ConsensusEffect.FetchBlock request) {}

    @Override
    public void syncNeeded(long height) {}

    @Override
    public void summary(Diagnostics diagnostics) {}

    @Override
    public void notice(ConsensusCode code, String detail) {}
  }

  private static EvmAddress address(SecretKey key) {
    return key.publicKey().evmAddress();
  }

  private Block block() {
    RelayHeader header =
        new RelayHeader(
            CHAIN,
            1,
            System.currentTimeMillis(),
            genesis.id(),
            0,
            set.hash(),
            set.hash(),
            Block.txRoot(List.of()),
            Digests.sha256(CHAIN.bytes()),
            Hash32.ZERO,
            Hash32.ZERO,
            Block.lastCommitHash(Optional.empty()),
            Block.evidenceRoot(List.of()),
            proposer);
    return new Block(header, List.of(), Optional.empty(), List.of());
  }

  @BeforeEach
  void open() {
    SignGuardFile guard = SignGuardFile.create(temp.resolve("guard"), GuardState.FRESH.encode());
    WriteAheadLog log = WriteAheadLog.open(temp.resolve("wal")).log();
    GuardedSigner signer = new GuardedSigner(own, guard, log::forcedLsn);
    TimerPolicy timers =
        new TimerPolicy(ROUND_MS, ROUND_MS, 5_000, 30_000, 1_000, 10, 200, 5_000, 5_000);
    ConsensusDriver driver =
        new ConsensusDriver(
            new ConsensusCore(new ConsensusConfig(CHAIN, timers), signer, signer.memo()),
            log,
            port,
            thread,
            TimeSource.system());
    opened = Optional.of(new Parts(log, signer, driver));
  }

  @AfterEach
  void close() {
    thread.close(
        () -> {
          parts().log().close();
          parts().signer().close();
        });
    assertThat(fault).isNotDone();
  }

  private Parts parts() {
    return opened.orElseThrow();
  }

  private ConsensusDriver driver() {
    return parts().driver();
  }

  private VerifiedMessage by(SecretKey key, ConsensusMessage message) {
    SignedMessage signed =
        new SignedMessage(
            message,
            address(key),
            Secp256k1.instance().signEcdsa(message.statement().digest(CHAIN), key));
    return new MessageVerifier(CHAIN).verify(signed, set).orThrow();
  }

  private <T> T onCore(Callable<T> task) {
    return DevNet.done(thread.call(task).toCompletionStage().toCompletableFuture());
  }

  /** Started, with a proposal and a quorum of prepares: it has said COMMIT. */
  private void prepare() {
    CompletableFuture<SignedMessage> committed =
        onCore(() -> port.waitFor(said -> said.message() instanceof ConsensusMessage.Commit));
    thread.run(
        () -> {
          driver().start(RecoveredHeight.NONE);
          for (SecretKey key : keys) {
            if (address(key).equals(proposer)) {
              driver()
                  .message(
                      by(
                          key,
                          new ConsensusMessage.Proposal(
                              0, CompactBlock.of(block), List.of(), Optional.empty())));
            }
          }
          for (SecretKey key : keys) {
            if (!address(key).equals(address(own))) {
              driver().message(by(key, new ConsensusMessage.Prepare(1, 0, block.id())));
            }
          }
        });
    DevNet.done(committed);
  }

  private record Written(long records, long signatures, int said) {}

  private Written written() {
    return new Written(parts().log().nextLsn(), parts().signer().sequence(), port.said.size());
  }

  /** Completes on the core thread once the timer of round 0 is over. */
  private void afterTheRound() {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    thread.run(
        () -> {
          Runnable _ = thread.schedule(3 * ROUND_MS, () -> over.complete(true));
        });
    DevNet.done(over);
  }

  @Test
  void saysAndWritesNothingAndForgetsNothing() {
    prepare();
    Written before =
        onCore(
            () -> {
              driver().pause(true);
              return written();
            });
    thread.run(
        () -> {
          for (SecretKey key : keys) { // a quorum that would decide, were it heard
            if (!address(key).equals(address(own))) {
              driver().message(by(key, new ConsensusMessage.Commit(1, 0, block.id())));
            }
          }
          driver().work();
        });
    afterTheRound();
    assertThat(onCore(this::written)).isEqualTo(before);
    CompletableFuture<SignedMessage> changed =
        onCore(() -> port.waitFor(said -> said.message() instanceof ConsensusMessage.RoundChange));
    thread.run(() -> driver().pause(false));
    SignedMessage change = DevNet.done(changed);
    assertThat(change.height()).isEqualTo(1);
    ConsensusMessage.RoundChange said = (ConsensusMessage.RoundChange) change.message();
    assertThat(said.prepared().orElseThrow().blockId()).isEqualTo(block.id());
    assertThat(onCore(() -> driver().diagnostics().orElseThrow().preparedRound())).isZero();
  }

  /** The control: without a pause the same round ends by itself, so the test above sees it held. */
  @Test
  void withoutAPauseTheRoundChanges() {
    prepare();
    Written before = onCore(this::written);
    afterTheRound();
    assertThat(onCore(this::written).signatures()).isGreaterThan(before.signatures());
  }
}
