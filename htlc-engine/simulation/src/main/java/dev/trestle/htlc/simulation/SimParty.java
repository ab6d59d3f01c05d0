package dev.trestle.htlc.simulation;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.PreimageSearch;
import dev.trestle.adapter.sim.SimAdapter;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimFaults;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.AlarmCode;
import dev.trestle.htlc.ChainPorts;
import dev.trestle.htlc.DriverContext;
import dev.trestle.htlc.EngineSettings;
import dev.trestle.htlc.JournalRecord;
import dev.trestle.htlc.Role;
import dev.trestle.htlc.SwapAction;
import dev.trestle.htlc.SwapDriver;
import dev.trestle.htlc.SwapKeys;
import dev.trestle.htlc.SwapRecord;
import dev.trestle.htlc.SwapStatus;
import dev.trestle.htlc.SwapView;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An honest party: the production driver and planner, a disk, and connections that may fail. */
final class SimParty implements WatchedPorts.Watcher {
  private static final int REPLACE_TICKS = 6;

  final Role role;
  final SimJournal journal;
  final Set<AlarmCode> alarms = EnumSet.noneOf(AlarmCode.class);
  final Set<Bytes> locksSent = new HashSet<>();
  boolean claimSent;
  private final SimWorld world;
  private final Scenario scenario;
  private final Judge judge;
  private final SimFaults faults;
  private final Consumer<String> trace;
  private final Set<Bytes> locksSigned = new HashSet<>();
  private final String secret;
  private Optional<SwapDriver> driver = Optional.empty();
  private Optional<SwapDriver> twin = Optional.empty();
  private Optional<Bytes> unsent = Optional.empty();

  SimParty(
      SimWorld world,
      Scenario scenario,
      Role role,
      Judge judge,
      SimFaults faults,
      Runnable mayCrash,
      Consumer<String> trace) {
    this.world = world;
    this.scenario = scenario;
    this.role = role;
    this.judge = judge;
    this.faults = faults;
    this.journal = new SimJournal(mayCrash, scenario.flaw() == Flaw.WRITES_AFTER_SENDING);
    this.trace = trace;
    this.secret = world.secret().toHex();
  }

  int party() {
    return role.party();
  }

  /** Writes the first record; the policy is the party's own. */
  void enter() {
    List<Timing> timings = world.chains.stream().map(c -> c.profile().timing()).toList();
    journal.entries.add(
        new JournalRecord.Created(
            world.terms.swapId(),
            SimWorld.START,
            role,
            world.terms,
            role.isInitiator() ? Optional.of(SimWorld.SECRET_INDEX) : Optional.empty(),
            Flaws.policy(scenario.flaw()),
            timings));
    restart();
  }

  /** What a process does that finds only the journal. */
  void restart() {
    journal.lose();
    driver = Optional.of(open(journal));
    if (scenario.flaw() == Flaw.TWO_ENGINES && twin.isEmpty()) {
      SimJournal other = new SimJournal(() -> {}, false);
      other.entries.addAll(journal.entries);
      twin = Optional.of(open(other));
    }
  }

  private SwapDriver open(SimJournal disk) {
    SwapRecord record = null;
    for (JournalRecord entry : disk.replayed()) {
      record =
          entry instanceof JournalRecord.Created created
              ? SwapRecord.of(created)
              : record == null ? null : record.with(entry);
    }
    if (record == null) {
      throw new IllegalStateException("a journal without its first record");
    }
    return new SwapDriver(context(disk), record);
  }

  private DriverContext context(SimJournal disk) {
    Map<ChainId, ChainPorts> ports = new TreeMap<>();
    Map<ChainId, SecretKey> wallets = new TreeMap<>();
    for (SimChain chain : world.chains) {
      ChainId id = chain.profile().chain();
      PreimageSearch search = Flaws.search(scenario.flaw());
      SimAdapter adapter = new SimAdapter(chain, faults, search);
      boolean decoys = scenario.flaw() == Flaw.DECOY_OUTPUT;
      ports.put(id, new WatchedPorts(adapter, this, decoys).ports());
      wallets.put(id, SimWorld.wallet(party()));
    }
    Bytes seed = SimWorld.seedOf(party());
    long skewMillis = scenario.clocks().get(party()) * 1000;
    TimeSource clock = () -> world.time.nowMillis() + skewMillis;
    return new DriverContext(
        disk,
        ports,
        new SwapKeys(seed, wallets),
        seed,
        clock,
        settings(),
        Flaws.planner(scenario.flaw(), this),
        file -> {},
        p ->
            trace.accept(
                "%s %s leg %s %s: %s"
                    .formatted(
                        role,
                        p.step(),
                        p.leg().map(leg -> leg + 1).orElse(0),
                        p.status(),
                        p.detail())));
  }

  private static EngineSettings settings() {
    EngineSettings usual = EngineSettings.defaults();
    return new EngineSettings(
        Scenario.POLICY,
        usual.observeEvery(),
        usual.watchEvery(),
        usual.watchFor(),
        usual.maxBackoff(),
        Duration.ofSeconds(REPLACE_TICKS * Scenario.TICK),
        usual.callTimeout(),
        Map.of());
  }

  /** One look and what follows from it; a crash is followed by a restart. */
  void step() {
    try {
      driver.ifPresent(SwapDriver::step);
      twin.ifPresent(SwapDriver::step);
    } catch (Crash crash) {
      trace.accept(role + " crashes");
      Flaws.afterCrash(scenario.flaw(), journal);
      restart();
    }
    unsent.ifPresent(this::forgetUnsent);
    for (SwapAction.Alarm alarm : view().alarms()) {
      alarms.add(alarm.code());
    }
  }

  private void forgetUnsent(Bytes raw) {
    unsent = Optional.empty();
    journal.forget(e -> e instanceof JournalRecord.Signed s && s.raw().equals(raw));
    restart();
  }

  SwapView view() {
    return driver.orElseThrow().view();
  }

  SwapStatus status() {
    return view().status();
  }

  /** Whether the next look can only find what the last one found, as long as no chain changes. */
  boolean isWaiting() {
    SwapView last = view();
    boolean looked = !last.next().isEmpty() && last.lastFailure().isEmpty();
    return looked
        && last.next().stream()
            .allMatch(a -> a instanceof SwapAction.Wait || a instanceof SwapAction.Alarm);
  }

  @Override
  public void lockSigned(SignedTransaction lock) {
    locksSigned.add(lock.raw());
  }

  @Override
  public void sends(Bytes raw) {
    boolean durable =
        journal.entries.stream()
            .anyMatch(e -> e instanceof JournalRecord.Signed s && s.raw().equals(raw));
    if (!durable) {
      judge.report(role + " sends what its journal does not hold");
    }
    if (locksSigned.contains(raw) && locksSent.add(raw) && locksSent.size() > 1) {
      judge.report(role + " signed twice: two locks are sent");
    }
    if (role.isInitiator() && raw.toHex().contains(secret)) {
      judge.reveals(this, !claimSent);
      claimSent = true;
    }
  }

  @Override
  public void notSent(Bytes raw) {
    if (scenario.flaw() == Flaw.FAILURE_IS_NOT_SENT) {
      unsent = Optional.of(raw);
    }
  }

  /** Ids of everything that the journal says was signed. */
  Set<Hash32> signed() {
    Set<Hash32> ids = new HashSet<>();
    for (JournalRecord entry : journal.entries) {
      if (entry instanceof JournalRecord.Signed s) {
        ids.add(s.transactionId());
      }
    }
    return ids;
  }
}
