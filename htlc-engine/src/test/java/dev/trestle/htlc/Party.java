package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.sim.PreimageSearch;
import dev.trestle.adapter.sim.SimAdapter;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimFaults;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** One party of a test swap: a driver over simulated chains that can crash and come back. */
final class Party {
  static final long SECRET_INDEX = 3;

  final World world;
  final Role role;
  final Bytes seed;
  final MemoryJournal journal = new MemoryJournal();
  final List<SwapProgress> progress = new ArrayList<>();
  final List<RecoveryFile> recovery = new ArrayList<>();
  Planner planner = SwapPlanner::plan;
  SimFaults faults = SimFaults.NONE;
  PreimageSearch search = PreimageSearch.BY_HASH;
  TimelockPolicy policy = World.POLICY;
  Optional<SwapDriver> driver = Optional.empty();
  private Map<ChainId, ChainPorts> ports = Map.of();

  Party(World world, Role role) {
    this.world = world;
    this.role = role;
    this.seed = Bytes.utf8("seed of the " + role + " for tests");
    connect();
  }

  /** New adapters, which remember nothing. */
  final void connect() {
    Map<ChainId, ChainPorts> fresh = new TreeMap<>();
    for (SimChain chain : world.chains) {
      SimFaults later = call -> faults.next(call);
      PreimageSearch finder = (witness, hash) -> search.find(witness, hash);
      fresh.put(chain.profile().chain(), ChainPorts.of(new SimAdapter(chain, later, finder)));
    }
    ports = fresh;
  }

  Map<ChainId, ChainPorts> ports() {
    return ports;
  }

  SecretKey wallet(SimChain chain) {
    return Secrets.keyAt(seed, SwapKeys.walletPath(chain.profile().chain()));
  }

  Bytes identity(SimChain chain) {
    return htlc(chain).partyKey(wallet(chain));
  }

  PublicKey identityKey() {
    return Secrets.keyAt(seed, "htlc/identity").publicKey();
  }

  HtlcPort htlc(SimChain chain) {
    return ports(chain).htlc();
  }

  ChainPorts ports(SimChain chain) {
    return Objects.requireNonNull(ports.get(chain.profile().chain()));
  }

  private DriverContext context() {
    return new DriverContext(
        journal,
        ports,
        new SwapKeys(seed, Map.of()),
        seed,
        world.time,
        EngineSettings.defaults().with(policy),
        (record, views, now) -> planner.plan(record, views, now),
        recovery::add,
        progress::add);
  }

  void enter(SwapTerms terms) {
    journal.append(
        new JournalRecord.Created(
            terms.swapId(),
            world.time.nowSeconds(),
            role,
            terms,
            role == Role.INITIATOR ? Optional.of(SECRET_INDEX) : Optional.empty(),
            policy,
            world.timings()));
    restart();
  }

  /** What a process does that finds only the journal. */
  void restart() {
    connect();
    Optional<SwapRecord> folded = Optional.empty();
    for (JournalRecord entry : journal.replayed()) {
      folded =
          entry instanceof JournalRecord.Created created
              ? Optional.of(SwapRecord.of(created))
              : folded.map(before -> before.with(entry));
    }
    driver = folded.map(record -> new SwapDriver(context(), record));
  }

  void step() {
    driver.ifPresent(SwapDriver::step);
  }

  SwapStatus status() {
    return driver.map(d -> d.view().status()).orElse(SwapStatus.QUOTED);
  }

  boolean hasSigned(StepKey.Kind kind) {
    return journal.entries.stream()
        .anyMatch(e -> e instanceof JournalRecord.Signed s && s.key().kind() == kind);
  }
}
