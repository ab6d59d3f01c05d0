package dev.trestle.htlc;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All swaps of one party. Every swap has one virtual thread that looks at its chains, plans, makes
 * durable and acts; what was open when the process died goes on when the engine is opened again.
 * Methods may be called from any thread and may block on the disk and on adapters: never call them
 * from an event loop.
 */
public final class SwapEngine implements AutoCloseable {
  /** Folder of the recovery files below the engine's folder. */
  public static final String RECOVERY_FOLDER = "recovery";

  private static final Logger LOG = LoggerFactory.getLogger(SwapEngine.class);
  private static final String JOURNAL_FILE = "swaps.trsj";
  private static final String IDENTITY_PATH = "htlc/identity";
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  private final Path folder;
  private final Journal journal;
  private final DriverContext context;
  private final ReentrantLock entering = new ReentrantLock();
  private final Map<Hash32, SwapDriver> drivers = new TreeMap<>();
  private final Map<Hash32, Hash32> swapOfHash = new HashMap<>();
  private final Map<Hash32, Long> secretIndexes = new HashMap<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<Consumer<SwapProgress>> listeners = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private long nextIndex;

  /** A secret of this party that no swap uses yet. The secret itself stays inside. */
  public record SecretOffer(long index, Hash32 hash) {}

  private SwapEngine(
      Path folder,
      Journal journal,
      Map<ChainId, ChainPorts> ports,
      Map<ChainId, SecretKey> wallets,
      Bytes seed,
      TimeSource time,
      EngineSettings settings) {
    this.folder = folder;
    this.journal = journal;
    this.context =
        new DriverContext(
            journal,
            ports,
            new SwapKeys(seed, wallets),
            seed,
            time,
            settings,
            SwapPlanner::plan,
            file -> file.writeTo(recoveryPath(file.terms().swapId())),
            this::tell);
  }

  /** As {@link #open(Path, Map, Map, Bytes, TimeSource, EngineSettings)} with the defaults. */
  public static SwapEngine open(
      Path folder,
      Map<ChainId, ChainPorts> ports,
      Map<ChainId, SecretKey> wallets,
      Bytes seed,
      TimeSource time) {
    return open(folder, ports, wallets, seed, time, EngineSettings.defaults());
  }

  /**
   * Opens the party's folder and carries every open swap on.
   *
   * @param folder of this party alone; made if missing
   * @param ports adapters of all chains that its swaps touch
   * @param wallets keys that pay locks and fees; derived from {@code seed} where missing
   * @param seed of all secrets and derived keys, 16 bytes or more; whoever has it has the coins
   * @throws JournalException if the journal is damaged or in use
   * @throws IllegalStateException if an open swap is on a chain without an adapter
   */
  public static SwapEngine open(
      Path folder,
      Map<ChainId, ChainPorts> ports,
      Map<ChainId, SecretKey> wallets,
      Bytes seed,
      TimeSource time,
      EngineSettings settings) {
    try {
      Files.createDirectories(folder.resolve(RECOVERY_FOLDER));
    } catch (IOException e) {
      throw new JournalException(JournalException.Fault.IO, "cannot make the folder", e);
    }
    SwapJournal journal = SwapJournal.open(folder.resolve(JOURNAL_FILE));
    try {
      SwapEngine engine = new SwapEngine(folder, journal, ports, wallets, seed, time, settings);
      engine.resume();
      return engine;
    } catch (RuntimeException e) {
      journal.close();
      throw e;
    }
  }

  private void resume() {
    Map<Hash32, SwapRecord> records = new TreeMap<>();
    for (JournalRecord entry : journal.replayed()) {
      if (entry instanceof JournalRecord.Reserved reserved) {
        remember(reserved.index());
      } else if (entry instanceof JournalRecord.Created created) {
        records.putIfAbsent(created.swapId(), SwapRecord.of(created));
      } else {
        records.computeIfPresent(entry.swapId(), (id, record) -> record.with(entry));
      }
    }
    for (SwapRecord record : records.values()) {
      record.terms().legs().forEach(context::portsOf);
    }
    for (SwapRecord record : records.values()) {
      run(record, SwapProgress.Step.RESUMED);
    }
  }

  private void remember(long index) {
    secretIndexes.put(Secrets.hashOf(Secrets.derive(context.seed(), index)), index);
    nextIndex = Math.max(nextIndex, index + 1);
  }

  private void run(SwapRecord record, SwapProgress.Step step) {
    SwapDriver driver = new SwapDriver(context, record);
    drivers.put(record.created().swapId(), driver);
    swapOfHash.put(record.terms().hash(), record.created().swapId());
    threads.add(
        Thread.ofVirtual()
            .name("swap-" + record.created().swapId().toHex().substring(0, 8))
            .start(() -> drive(driver, step)));
  }

  private void drive(SwapDriver driver, SwapProgress.Step first) {
    driver.announce(first);
    try {
      Optional<Duration> pause = round(driver);
      while (pause.isPresent() && !closing.await(pause.get().toMillis(), TimeUnit.MILLISECONDS)) {
        pause = round(driver);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Only a failed journal stops a swap: after any other fault its refund must still come. */
  private Optional<Duration> round(SwapDriver driver) {
    try {
      return driver.step();
    } catch (JournalException e) {
      if (closing.getCount() > 0) {
        LOG.error("swap {} stops until the engine is opened again", driver.view().swapId(), e);
      }
      return Optional.empty();
    } catch (RuntimeException e) {
      LOG.error("swap {} has a fault and is tried again", driver.view().swapId(), e);
      return Optional.of(context.settings().maxBackoff());
    }
  }

  /** Key that signs this party's swap terms, derived from the seed. */
  public SecretKey identity() {
    return Secrets.keyAt(context.seed(), IDENTITY_PATH);
  }

  /** Public form of {@link #identity()}. */
  public PublicKey identityKey() {
    return identity().publicKey();
  }

  /**
   * This party's identity in the locks of {@code chain}: its wallet key.
   *
   * @throws IllegalStateException if there is no adapter for the chain
   */
  public Bytes lockKey(ChainId chain) {
    return portsOf(chain).htlc().partyKey(context.keys().wallet(chain));
  }

  /**
   * An identity of its own for the swap with this hash. Only for chains where a claim pays its fee
   * out of the coins it claims: the key's address holds nothing else.
   */
  public Bytes freshLockKey(ChainId chain, Hash32 hash) {
    return portsOf(chain).htlc().partyKey(context.keys().fresh(chain, hash).key());
  }

  /** Address of the wallet that pays this party's locks and fees on {@code chain}. */
  public String walletAddress(ChainId chain) {
    return portsOf(chain).transactions().address(context.keys().wallet(chain));
  }

  /** Makes the next secret of this party; its index is durable and never given out again. */
  public SecretOffer newSecret() {
    entering.lock();
    try {
      long index = nextIndex;
      journal.append(new JournalRecord.Reserved(context.time().nowSeconds(), index));
      remember(index);
      return new SecretOffer(index, Secrets.hashOf(Secrets.derive(context.seed(), index)));
    } finally {
      entering.unlock();
    }
  }

  /**
   * Enters a swap that both parties have agreed on and carries it to its end. Entering the same
   * terms again changes nothing.
   *
   * @return the swap id; Rejected, with nothing done, if the terms are wrong or unsafe now
   */
  public Verdict<Hash32> start(SwapTerms terms, Role role) {
    entering.lock();
    try {
      Hash32 swapId = terms.swapId();
      if (drivers.containsKey(swapId)) {
        boolean sameRole = drivers.get(swapId).view().role() == role;
        return sameRole
            ? Verdict.accept(swapId)
            : Verdict.reject(SwapRejection.HASH_REUSED, "entered in the other role");
      }
      Entry entry = new Entry(context, terms, role);
      return entry
          .check()
          .then(ok -> checkOwn(terms, role))
          .then(ok -> checkLimit(terms, role))
          .then(
              ok -> {
                JournalRecord.Created created =
                    entry.created(Optional.ofNullable(secretIndexes.get(terms.hash())));
                journal.append(created);
                run(SwapRecord.of(created), SwapProgress.Step.STARTED);
                return Verdict.accept(swapId);
              });
    } finally {
      entering.unlock();
    }
  }

  /** A5 and the origin of the secret. */
  private Verdict<SwapTerms> checkOwn(SwapTerms terms, Role role) {
    if (swapOfHash.containsKey(terms.hash())) {
      return Verdict.reject(SwapRejection.HASH_REUSED, "by swap " + swapOfHash.get(terms.hash()));
    }
    boolean mine = secretIndexes.containsKey(terms.hash());
    if (role.isInitiator() && !mine) {
      return Verdict.reject(SwapRejection.UNKNOWN_SECRET, "call newSecret first");
    }
    if (!role.isInitiator() && mine) {
      return Verdict.reject(SwapRejection.HASH_REUSED, "the secret is this party's own");
    }
    return Verdict.accept(terms);
  }

  /** R12. */
  private Verdict<SwapTerms> checkLimit(SwapTerms terms, Role role) {
    SwapLeg own = terms.legs().get(terms.paidBy(role));
    Amount limit = context.settings().maxAtRisk().get(own.asset());
    if (limit == null) {
      return Verdict.accept(terms);
    }
    Amount total = own.amount();
    for (SwapDriver driver : drivers.values()) {
      SwapView view = driver.view();
      SwapLeg other = view.terms().legs().get(view.terms().paidBy(view.role()));
      if (driver.isOpen() && other.asset().equals(own.asset())) {
        total = total.plus(other.amount());
      }
    }
    AssetId asset = own.asset();
    return total.isMoreThan(limit)
        ? Verdict.reject(SwapRejection.OVER_LIMIT, total + " of " + asset + ", over " + limit)
        : Verdict.accept(terms);
  }

  /** What is known of a swap since the last look at its chains; does not look itself. */
  public Optional<SwapView> status(Hash32 swapId) {
    entering.lock();
    try {
      return Optional.ofNullable(drivers.get(swapId)).map(SwapDriver::view);
    } finally {
      entering.unlock();
    }
  }

  /** All swaps of this party, by swap id. */
  public List<SwapView> swaps() {
    entering.lock();
    try {
      return drivers.values().stream().map(SwapDriver::view).toList();
    } finally {
      entering.unlock();
    }
  }

  /** The file that takes this party's coins back alone; empty before its lock is signed. */
  public Optional<Path> recoveryFile(Hash32 swapId) {
    Path file = recoveryPath(swapId);
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * Signs this party's refund now, to be left with a {@link Watchtower}; the engine sends the same
   * bytes itself after the expiry. Only for chains whose transactions stay valid while they wait
   * (no account nonce).
   *
   * @return empty while the own lock is not on the chain, or after the end
   */
  public Optional<Bytes> signRefund(Hash32 swapId) {
    SwapDriver driver;
    entering.lock();
    try {
      driver = drivers.get(swapId);
    } finally {
      entering.unlock();
    }
    return driver == null ? Optional.empty() : driver.signRefund();
  }

  private Path recoveryPath(Hash32 swapId) {
    return folder.resolve(RECOVERY_FOLDER).resolve(swapId.toHex() + ".json");
  }

  /**
   * Tells {@code listener} of all progress until closed. It is called on the swaps' threads and
   * must return at once; what it throws is logged.
   */
  public AutoCloseable onProgress(Consumer<SwapProgress> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tell(SwapProgress progress) {
    LOG.debug("{}", progress);
    for (Consumer<SwapProgress> listener : listeners) {
      try {
        listener.accept(progress);
      } catch (RuntimeException e) {
        LOG.warn("a progress listener failed", e);
      }
    }
  }

  private ChainPorts portsOf(ChainId chain) {
    ChainPorts ports = context.ports().get(chain);
    if (ports == null) {
      throw new IllegalStateException("no adapter for " + chain);
    }
    return ports;
  }

  /** Stops all work; open swaps go on when the folder is opened again. Idempotent. */
  @Override
  public void close() {
    if (closing.getCount() == 0) {
      return;
    }
    closing.countDown();
    List<Thread> waiting = new ArrayList<>(threads);
    long until = System.nanoTime() + CLOSE_WAIT.toNanos();
    try {
      for (Thread thread : waiting) {
        long left = until - System.nanoTime();
        if (!thread.join(Duration.ofNanos(Math.max(left, 1)))) {
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      journal.close();
    }
  }
}
