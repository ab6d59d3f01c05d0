package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusConfig;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.Diagnostics;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.TimerPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One validator is a quorum of one: it decides alone, and every effect passes by here. */
class ConsensusDriverTest {
  private static final int HEIGHTS = 5;

  @TempDir Path temp;

  /** Looks at the files whenever something would leave the node. */
  private static final class Witness implements ConsensusPort {
    private final Path log;
    private final CompletableFuture<Boolean> finished = new CompletableFuture<>();
    private final List<SignedMessage> unjustified = new ArrayList<>();
    private ChainHead head = Chains.genesis();
    private Optional<CommitCertificate> lastCommit = Optional.empty();
    private final boolean gathers;
    private boolean asked;
    private int sent;

    /**
     * @param gathers the work of every height but the first shows only when it is asked for again
     */
    private Witness(Path log, boolean gathers) {
      this.log = log;
      this.gathers = gathers;
      this.asked = true;
    }

    private List<DurableRecord> onDisk() {
      try (Stream<Path> files = Files.list(log)) {
        return WalScan.of(files.sorted().toList()).records().stream()
            .map(record -> DurableRecord.decode(record.payload()).orThrow())
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void broadcast(SignedMessage message) {
      sent++;
      if (!onDisk().contains(new DurableRecord.OwnMessage(message))) {
        unjustified.add(message);
      }
    }

    @Override
    public void decide(Block block, CommitCertificate certificate) {
      head = head.next(block, Chains.SET);
      lastCommit = Optional.of(certificate);
      asked = !gathers;
      if (head.height() == HEIGHTS) {
        finished.complete(true);
      }
    }

    @Override
    public ChainHead head() {
      return head;
    }

    @Override
    public long gatherMs() {
      return gathers ? 1 : 0;
    }

    @Override
    public boolean hasWork() {
      boolean shown = asked;
      asked = true;
      return shown && head.height() < HEIGHTS;
    }

    @Override
    public Block build(ConsensusEffect.BuildBlock request) {
      return Chains.block(head, lastCommit, request.timeMs());
    }

    @Override
    public Verdict<Hash32> execute(Block block) {
      return Verdict.accept(block.header().stateRoot());
    }

    @Override
    public void diverged(Block block, CommitCertificate certificate) {
      throw new AssertionError("diverged at " + block);
    }

    @Override
    public void sendDecided(EvmAddress peer, long height) {}

    @Override
    public void announce(CommitCertificate certificate) {}

    @Override
    public void assemble(ConsensusEffect.AssembleBlock request) {}

    @Override
    public void fetch(ConsensusEffect.FetchBlock request) {}

    @Override
    public void forked(Optional<CommitCertificate> decided, CommitCertificate other) {
      throw new AssertionError("forked by " + other);
    }

    @Override
    public void evidence(Evidence evidence) {
      throw new AssertionError("evidence against itself: " + evidence);
    }

    @Override
    public void syncNeeded(long height) {}

    @Override
    public void summary(Diagnostics diagnostics) {}

    @Override
    public void notice(ConsensusCode code, String detail) {}
  }

  @Test
  void nothingLeavesBeforeItsRecordIsInTheLogAndTheGuard() throws Exception {
    Path log = temp.resolve("wal");
    Witness witness = run(log, false, 200);
    assertThat(witness.unjustified).isEmpty();
    assertThat(witness.sent).isGreaterThanOrEqualTo(3 * HEIGHTS);
    // END_HEIGHT follows the decision, so a restart starts at the next height with nothing to say
    WriteAheadLog.Recovery recovery = WriteAheadLog.open(log);
    recovery.log().close();
    List<DurableRecord> records =
        recovery.records().stream()
            .map(record -> DurableRecord.decode(record.payload()).orThrow())
            .toList();
    assertThat(records).contains(new DurableRecord.EndHeight(HEIGHTS - 1));
  }

  /** The heartbeat, which would begin a height as well, is far off. */
  @Test
  void whenGatheringIsOverTheHeightBegins() throws Exception {
    Witness witness = run(temp.resolve("wal"), true, 3_600_000);
    assertThat(witness.head().height()).isEqualTo(HEIGHTS);
    assertThat(witness.unjustified).isEmpty();
  }

  @Test
  void soItDoesAfterTheHeadWasMovedBySync() throws Exception {
    Witness witness = new Witness(temp.resolve("wal"), true);
    witness.asked = false;
    run(witness, 3_600_000, ConsensusDriver::headMoved);
    assertThat(witness.head().height()).isEqualTo(HEIGHTS);
  }

  @Test
  void andAfterAPause() throws Exception {
    Witness witness = new Witness(temp.resolve("wal"), true);
    witness.asked = false;
    run(
        witness,
        3_600_000,
        driver -> {
          driver.start(RecoveredHeight.NONE);
          driver.pause(true);
          witness.asked = false;
          driver.pause(false);
        });
    assertThat(witness.head().height()).isEqualTo(HEIGHTS);
  }

  private Witness run(Path log, boolean gathers, long heartbeatMs) throws Exception {
    Witness witness = new Witness(log, gathers);
    run(witness, heartbeatMs, driver -> driver.start(RecoveredHeight.NONE));
    return witness;
  }

  private void run(Witness witness, long heartbeatMs, Consumer<ConsensusDriver> begin)
      throws Exception {
    CompletableFuture<Throwable> fault = new CompletableFuture<>();
    CoreThread thread = new CoreThread("test-core", fault::complete);
    SignGuardFile guard = SignGuardFile.create(temp.resolve("guard"), GuardState.FRESH.encode());
    WriteAheadLog wal = WriteAheadLog.open(witness.log).log();
    GuardedSigner signer = new GuardedSigner(DevNet.key("single", 0), guard, wal::forcedLsn);
    TimerPolicy timers =
        new TimerPolicy(500, 500, 5_000, 30_000, 1_000, 10, heartbeatMs, 500, 5_000);
    ConsensusDriver driver =
        new ConsensusDriver(
            new ConsensusCore(new ConsensusConfig(Chains.CHAIN, timers, 1), signer),
            wal,
            witness,
            thread,
            soonAfterGenesis());
    thread.run(() -> begin.accept(driver));
    try {
      CompletableFuture.anyOf(witness.finished, fault).get(30, TimeUnit.SECONDS);
    } finally {
      thread.close(
          () -> {
            wal.close();
            signer.close();
          });
    }
    assertThat(fault).isNotDone();
  }

  /** Else the heartbeat of the first height would be due at once. */
  private static TimeSource soonAfterGenesis() {
    long ahead = System.currentTimeMillis() - Chains.genesis().timeMs();
    return () -> System.currentTimeMillis() - ahead;
  }
}
