package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Guards a party that is offline, without any key: it holds refunds that the party signed and sends
 * them once their lock has expired. What it is given is public knowledge after the expiry, and of
 * no use before.
 */
public final class Watchtower implements AutoCloseable {
  /** Most swaps that are watched at once. */
  public static final int MAX_WATCHED = 100_000;

  private static final int VERSION = 1;
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);

  private final Map<ChainId, ChainPorts> ports;
  private final FramedLog log;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Hash32, Watched> watched = new TreeMap<>();

  /** A refund of one leg, signed by the party that can take it back. */
  public record Watched(SwapTerms terms, int leg, Bytes signedRefund) {
    private Hash32 id() {
      return Digests.sha256(toBytes());
    }

    private Bytes toBytes() {
      return new CanonicalWriter()
          .u8(VERSION)
          .bytes(terms.toBytes())
          .u8(leg)
          .bytes(signedRefund)
          .toBytes();
    }

    private static Watched read(CanonicalReader in) {
      int version = in.u8();
      if (version != VERSION) {
        throw new DecodeException("watched swap of version " + version);
      }
      return new Watched(
          CanonicalReader.decode(in.bytes(JournalRecord.MAX_RAW), SwapTerms::read),
          in.u8(),
          in.bytes(JournalRecord.MAX_RAW));
    }
  }

  /** What was found and done for one watched refund. */
  public sealed interface Report {
    Watched watched();

    /** Nothing to do yet, or ever. */
    record Idle(Watched watched, String why) implements Report {}

    record Sent(Watched watched, Hash32 transactionId) implements Report {}

    /** Tried again at the next look. */
    record Failed(Watched watched, String why) implements Report {}
  }

  private Watchtower(Map<ChainId, ChainPorts> ports, FramedLog log) {
    this.ports = new TreeMap<>(ports);
    this.log = log;
  }

  /**
   * Opens or makes the tower's file and watches everything in it.
   *
   * @throws JournalException if it is damaged or in use
   */
  public static Watchtower open(Path file, Map<ChainId, ChainPorts> ports) {
    FramedLog log = FramedLog.open(file);
    try {
      Watchtower tower = new Watchtower(ports, log);
      for (Bytes entry : log.replayed()) {
        Watched each = CanonicalReader.decode(entry, Watched::read);
        tower.watched.put(each.id(), each);
      }
      return tower;
    } catch (DecodeException e) {
      log.close();
      throw new JournalException(JournalException.Fault.CORRUPT, "an entry cannot be read", e);
    }
  }

  /** Takes a refund on; durable on return. Rejects terms that make no sense, and a full tower. */
  public Verdict<Hash32> watch(SwapTerms terms, int leg, Bytes signedRefund) {
    Verdict<SwapTerms> check = TermsCheck.check(terms);
    if (!check.isAccepted()) {
      return check.then(ok -> Verdict.accept(ok.swapId()));
    }
    if (leg < 0
        || leg >= terms.legs().size()
        || signedRefund.isEmpty()
        || signedRefund.size() > JournalRecord.MAX_RAW) {
      return Verdict.reject(SwapRejection.MALFORMED, "leg or transaction out of range");
    }
    if (!ports.containsKey(terms.legs().get(leg).chain())) {
      return Verdict.reject(SwapRejection.UNKNOWN_CHAIN, terms.legs().get(leg).chain().toString());
    }
    Watched entry = new Watched(terms, leg, signedRefund);
    lock.lock();
    try {
      if (watched.size() >= MAX_WATCHED) {
        return Verdict.reject(SwapRejection.OVER_LIMIT, "the tower watches enough");
      }
      if (!watched.containsKey(entry.id())) {
        log.append(entry.toBytes());
        watched.put(entry.id(), entry);
      }
      return Verdict.accept(terms.swapId());
    } finally {
      lock.unlock();
    }
  }

  /** Looks at everything once and sends what is due. Blocks; the host calls it again and again. */
  public List<Report> step() {
    List<Watched> all;
    lock.lock();
    try {
      all = List.copyOf(watched.values());
    } finally {
      lock.unlock();
    }
    List<Report> reports = new ArrayList<>();
    for (Watched each : all) {
      reports.add(look(each));
    }
    return List.copyOf(reports);
  }

  private Report look(Watched each) {
    SwapLeg leg = each.terms().legs().get(each.leg());
    ChainPorts chain = ports.get(leg.chain());
    if (chain == null) {
      return new Report.Failed(each, "no adapter for " + leg.chain());
    }
    try {
      HtlcObservation seen =
          ChainReader.await(chain.htlc().observe(each.terms().htlcTerms(each.leg())), CALL_TIMEOUT);
      // a claim may be of another, small funding: then what the refund spends may still be there
      boolean certain =
          seen.funding().size() == 1 || seen.spend().orElse(null) instanceof LockSpend.Refunded;
      if (certain && seen.spend().map(LockSpend::isFinal).orElse(false)) {
        return new Report.Idle(each, "spent for good");
      }
      if (seen.funding().isEmpty()) {
        return new Report.Idle(each, "not locked");
      }
      if (seen.chainTimeSeconds() < leg.expirySeconds()) {
        return new Report.Idle(each, "expires at " + leg.expirySeconds());
      }
      Hash32 id =
          ChainReader.await(chain.transactions().broadcast(each.signedRefund()), CALL_TIMEOUT);
      return new Report.Sent(each, id);
    } catch (TrestleException | IllegalArgumentException e) {
      // what one node answers or one signed refund holds must not keep the others from their turn
      return new Report.Failed(each, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
