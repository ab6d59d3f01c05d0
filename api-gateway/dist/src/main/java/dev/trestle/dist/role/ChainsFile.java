package dev.trestle.dist.role;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.ChainId;
import dev.trestle.sdk.Chains;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The chains of a file, each looked after on its own: one whose node is away does not keep the
 * others from working, and is taken up when its node is there. What is added to the file is taken
 * up, too. Says once what is wrong with a chain, and when it is over.
 */
final class ChainsFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChainsFile.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** Looks between two questions after the health of a chain that works. */
  private static final int HEALTH_LOOKS = 10;

  /** Subject of complaints about the file itself. */
  private static final String FILE = "chains file";

  private final Path file;
  private final Chains chains;

  /** What is wrong with a chain, or with the file; {@code detail} is for people. */
  record Trouble(String code, String detail) {}

  /** By subject, as of the last look; empty for one with which nothing is wrong. */
  private final Map<String, Optional<Trouble>> found = new ConcurrentSkipListMap<>();

  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon(true).name("chains-file").factory());
  private int look;

  ChainsFile(Path file, Chains chains) {
    this.file = file;
    this.chains = chains;
  }

  /**
   * Starts the chains whose nodes answer; the others wait for {@link #watch}.
   *
   * @throws AdapterException what time does not mend: an entry of which no adapter can be made, or
   *     a node that is another chain
   * @throws java.io.UncheckedIOException when the file cannot be read
   */
  ChainsFile startStrictly() {
    List<Chains.Entry> entries = Chains.read(file);
    entries.forEach(chains::check);
    for (Chains.Entry entry : entries) {
      try {
        chains.add(entry);
        well(entry.chain());
      } catch (AdapterException e) {
        if (e.error() == AdapterError.WRONG_CHAIN) {
          throw e;
        }
        ill(entry.chain(), e);
      }
    }
    return this;
  }

  /** Starts the chains that can be started now. */
  ChainsFile start() {
    look();
    return this;
  }

  /** Looks at the file and its chains again and again from now on. */
  @SuppressWarnings("FutureReturnValueIgnored") // the task ends with its executor
  ChainsFile watch() {
    looks.scheduleWithFixedDelay(
        this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /** By chain of the file, as of the last look: why it cannot be used, empty if it can. */
  Map<String, Optional<Trouble>> states() {
    Map<String, Optional<Trouble>> states = new TreeMap<>(found);
    states.remove(FILE);
    return states;
  }

  private void look() {
    look++;
    try {
      Chains.read(file).forEach(this::look);
      well(FILE);
    } catch (RuntimeException e) { // half-written or wrong: the next look may find it right
      ill(FILE, e);
    }
  }

  private void look(Chains.Entry entry) {
    try {
      Optional<ChainAdapter> known = chains.adapter(ChainId.parse(entry.chain()));
      if (known.isEmpty()) {
        chains.add(entry);
        well(entry.chain());
      } else if (look % HEALTH_LOOKS == 0) {
        ChainAdapter.Health health = Async.await(known.get().health());
        if (health.usable()) {
          well(entry.chain());
        } else {
          ill(entry.chain(), new Trouble("unusable", health.detail()));
        }
      }
    } catch (RuntimeException e) { // whatever it is: those behind it in the file are looked at
      ill(entry.chain(), e);
    }
  }

  private void well(String subject) {
    if (note(subject, Optional.empty()).isPresent()) {
      LOG.warn("{} can be used again", subject);
    }
  }

  private void ill(String subject, RuntimeException why) {
    String code =
        switch (why) {
          case AdapterException adapter -> adapter.code().code();
          case IllegalArgumentException wrong -> "bad-config";
          case UncheckedIOException unreadable -> "bad-config";
          default -> "internal"; // a fault of ours, or of an adapter
        };
    String detail = String.valueOf(why.getMessage());
    String prefix = code + ": ";
    ill(
        subject,
        new Trouble(code, detail.startsWith(prefix) ? detail.substring(prefix.length()) : detail));
  }

  private void ill(String subject, Trouble now) {
    boolean known =
        note(subject, Optional.of(now)).map(Trouble::code).equals(Optional.of(now.code()));
    if (!known && !looks.isShutdown()) {
      boolean another = now.code().equals(AdapterError.WRONG_CHAIN.code());
      LOG.atLevel(another ? Level.ERROR : Level.WARN)
          .log("{} cannot be used: {}: {}", subject, now.code(), now.detail());
    }
  }

  /** What was noted before. */
  private Optional<Trouble> note(String subject, Optional<Trouble> now) {
    Optional<Trouble> before = found.getOrDefault(subject, Optional.empty());
    found.put(subject, now);
    return before;
  }

  /** Stops looking; what was started stays with its {@link Chains}. */
  @Override
  public void close() {
    looks.shutdownNow();
  }
}
