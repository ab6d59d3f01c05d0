package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who broke the rules of the peers' protocol how often, and whom this node does not speak with for
 * a while because of it. Points wear off with time; {@link #LIMIT} of them are a ban, each longer
 * than the one before. Anybody can make a new identity, so that strangers count for their host as
 * well.
 *
 * <p>A validator's ban is short and does not grow: the chain may need its vote, and what is worse
 * than a rule broken, a contradiction, is the business of {@link Misbehaviour}. Times are Unix
 * milliseconds or any other that only go forward. Not thread-safe.
 */
final class PeerScores {
  /** Points that are a ban. */
  static final int LIMIT = 100;

  /** As {@link #LIMIT}, of all strangers of one host: several may share it. */
  static final int HOST_LIMIT = 4 * LIMIT;

  /** Milliseconds in which a point wears off: a hundred in ten minutes. */
  static final long POINT_MS = 6_000;

  /** First ban of a stranger, milliseconds; doubles with each one. */
  static final long FIRST_BAN_MS = 60_000;

  static final long MAX_BAN_MS = 3_600_000;

  /** Every ban of a validator. */
  static final long VALIDATOR_BAN_MS = 10_000;

  /** How long after its last offence somebody is a first offender again. */
  static final long MEMORY_MS = 24 * 3_600_000;

  /** Records of each kind; then the oldest goes. */
  static final int MAX_RECORDS = 4_096;

  /** What a peer did. */
  enum Offence {
    /** It says nothing, or of another chain or protocol. */
    NO_HELLO(20),
    /** Bytes that are no frame, or no content of it. */
    MALFORMED(50),
    /** What only validators may send. */
    NOT_ALLOWED(50),
    /** Well-formed and false: a forged signature, block, snapshot. */
    FALSE_CONTENT(50);

    private final int points;

    Offence(int points) {
      this.points = points;
    }

    int points() {
      return points;
    }
  }

  private static final class Conduct {
    private long points;
    private long asOfMs;
    private long bannedUntilMs;
    private int bans;

    private Conduct(long nowMs) {
      this.asOfMs = nowMs;
      this.bannedUntilMs = nowMs;
    }

    private boolean isBanned(long nowMs) {
      return nowMs < bannedUntilMs;
    }

    private void wearOff(long nowMs) {
      if (nowMs - asOfMs > MEMORY_MS) {
        bans = 0;
      }
      long worn = Math.max(0, nowMs - asOfMs) / POINT_MS;
      points = Math.max(0, points - worn);
      asOfMs = points == 0 ? Math.max(asOfMs, nowMs) : asOfMs + worn * POINT_MS;
    }
  }

  private final Map<Hash32, Conduct> identities = new LinkedHashMap<>();
  private final Map<String, Conduct> hosts = new LinkedHashMap<>();

  /**
   * Writes an offence down.
   *
   * @param host of the connection
   * @return whether the peer, or its host, is banned from now on
   */
  boolean offend(Peer peer, String host, Offence offence, long nowMs) {
    boolean banned =
        add(record(identities, peer.fingerprint(), nowMs), offence, LIMIT, peer.validator(), nowMs);
    if (peer.validator()) {
      return banned;
    }
    return add(record(hosts, host, nowMs), offence, HOST_LIMIT, false, nowMs) || banned;
  }

  private static boolean add(
      Conduct record, Offence offence, int limit, boolean validator, long nowMs) {
    record.points += offence.points();
    if (record.points < limit) {
      return false;
    }
    long grown = FIRST_BAN_MS << Math.min(record.bans, 16);
    record.bannedUntilMs = nowMs + (validator ? VALIDATOR_BAN_MS : Math.min(MAX_BAN_MS, grown));
    record.bans++;
    record.points = 0;
    return true;
  }

  /**
   * Whether this node speaks with it now.
   *
   * @param known as a validator, or because this node itself dialled it: its host does not count
   */
  boolean isBanned(Hash32 fingerprint, String host, boolean known, long nowMs) {
    return isBanned(identities, fingerprint, nowMs) || (!known && isBanned(hosts, host, nowMs));
  }

  private static <K> boolean isBanned(Map<K, Conduct> records, K key, long nowMs) {
    return Optional.ofNullable(records.get(key)).filter(each -> each.isBanned(nowMs)).isPresent();
  }

  /** Points of an identity now. */
  long points(Hash32 fingerprint, long nowMs) {
    Conduct record = identities.get(fingerprint);
    if (record == null) {
      return 0;
    }
    record.wearOff(nowMs);
    return record.points;
  }

  /** Identities and hosts that are banned now. */
  int banned(long nowMs) {
    return (int)
        (identities.values().stream().filter(each -> each.isBanned(nowMs)).count()
            + hosts.values().stream().filter(each -> each.isBanned(nowMs)).count());
  }

  /** The newest stands last. */
  private static <K> Conduct record(Map<K, Conduct> records, K key, long nowMs) {
    Conduct record = records.remove(key);
    if (record == null) {
      record = new Conduct(nowMs);
    }
    record.wearOff(nowMs);
    while (records.size() >= MAX_RECORDS) {
      Iterator<K> oldest = records.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    records.put(key, record);
    return record;
  }
}
