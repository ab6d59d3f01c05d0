package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import java.util.List;
import java.util.Optional;

/**
 * Who finalises: the set in charge, the one before it, and one that is announced (Polkadot
 * specification 3.3.2).
 *
 * <p>Polkadot specification, "GRANDPA", authority set changes.
 *
 * @param retired kept for evidence, while it is still trusted
 */
record Authorities(AuthoritySet current, Optional<Retired> retired, Optional<Pending> pending) {
  /**
   * A set that was replaced.
   *
   * @param seconds Unix time at which it was surely still in charge
   */
  record Retired(AuthoritySet set, long seconds) {
    void write(CanonicalWriter out) {
      out.u64(seconds);
      set.write(out);
    }

    static Retired read(CanonicalReader in) {
      long seconds = in.u64();
      return new Retired(AuthoritySet.read(in), seconds);
    }
  }

  /**
   * A set that is announced.
   *
   * @param lastBlock the last block of the set in charge
   */
  record Pending(long lastBlock, AuthoritySet set) {
    void write(CanonicalWriter out) {
      out.u64(lastBlock);
      set.write(out);
    }

    static Pending read(CanonicalReader in) {
      return new Pending(in.u64(), AuthoritySet.read(in));
    }
  }

  /** Rejects with {@code wrong-epoch} a block above the last one of the set in charge. */
  Verdict<AuthoritySet> inChargeOf(long number) {
    return pending.filter(next -> number > next.lastBlock()).isPresent()
        ? Verdict.reject(RejectionCode.WRONG_EPOCH, "the set in charge ends before " + number)
        : Verdict.accept(current);
  }

  /**
   * Who finalises after a block that the set in charge finalised. Rejects with {@code malformed} (a
   * log of GRANDPA that cannot be read, or a set that cannot be), {@code forced-change}, {@code
   * authorities-paused} and {@code change-pending}.
   *
   * @param seconds Unix time at which the set in charge surely still was
   */
  Verdict<Authorities> after(Header header, long seconds) {
    List<ConsensusLog> logs;
    try {
      logs = ConsensusLog.of(header);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    Authorities now = this;
    for (ConsensusLog log : logs) {
      Verdict<Authorities> said = now.with(log, header.number());
      if (!(said instanceof Verdict.Accepted<Authorities>(Authorities next))) {
        return said;
      }
      now = next;
    }
    return Verdict.accept(now.handOver(header.number(), seconds));
  }

  private Verdict<Authorities> with(ConsensusLog log, long number) {
    return switch (log) {
      case ConsensusLog.ScheduledChange change -> announce(change, number);
      case ConsensusLog.ForcedChange forced ->
          Verdict.reject(PolkadotCode.FORCED_CHANGE, "in block " + number);
      case ConsensusLog.Pause pause ->
          Verdict.reject(PolkadotCode.AUTHORITIES_PAUSED, "in block " + number);
      case ConsensusLog.Resume resume ->
          Verdict.reject(PolkadotCode.AUTHORITIES_PAUSED, "in block " + number);
      case ConsensusLog.OnDisabled disabled -> Verdict.accept(this);
    };
  }

  private Verdict<Authorities> announce(ConsensusLog.ScheduledChange change, long number) {
    if (pending.isPresent()) {
      return Verdict.reject(PolkadotCode.CHANGE_PENDING, "in block " + number);
    }
    try {
      Pending next = new Pending(number + change.delay(), current.next(change.next()));
      return Verdict.accept(new Authorities(current, retired, Optional.of(next)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Authorities handOver(long number, long seconds) {
    return pending
        .filter(next -> next.lastBlock() == number)
        .map(
            next ->
                new Authorities(
                    next.set(), Optional.of(new Retired(current, seconds)), Optional.empty()))
        .orElse(this);
  }
}
