package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to a peer, from the handshake on: what it may say when, and what we say. Decides
 * nothing about headers: it hands them on as {@link Act.Feed}, and is told by {@link #fed} what
 * came of them. No clock and no I/O. Not thread-safe.
 */
final class PeerSession {
  /** The protocol that we speak: with announcements by headers (BIP-130). */
  static final int PROTOCOL = 70_012;

  /** The oldest that we speak to: the same. */
  static final int MIN_PROTOCOL = 70_012;

  /** Headers of one message, from which on there may be more. */
  static final int MAX_HEADERS = 2_000;

  /** Headers that a node announces without being asked (Bitcoin Core, MAX_BLOCKS_TO_ANNOUNCE). */
  static final int MAX_ANNOUNCED = 8;

  /** Announcements in a row that follow nothing we know (Bitcoin Core takes as many). */
  static final int MAX_UNCONNECTED = 10;

  /** Messages in one {@link #WINDOW_MILLIS}. */
  static final int MAX_MESSAGES = 20_000;

  /** Announcements of what is known already, in one {@link #WINDOW_MILLIS}. */
  static final int MAX_ANNOUNCEMENTS = 200;

  static final long WINDOW_MILLIS = 10_000;

  /** A peer that says nothing is asked again after this. */
  static final long REFRESH_MILLIS = 30_000;

  /** Full messages in a row with little that is new. */
  static final int MAX_USELESS = 10;

  /** Questions whose answers may still come. */
  private static final int MAX_CREDIT = 4;

  private final long timeoutMillis;
  private final List<Act> acts = new ArrayList<>();
  private boolean version;
  private boolean acknowledged;
  private boolean waiting = true;
  private long askedMillis;
  private int credit;
  private int unconnected;
  private int useless;
  private boolean endsAnswer;
  private boolean announced;
  private long windowMillis;
  private int messages;
  private int announcements;

  /** What is to be done, in order. */
  sealed interface Act {
    record Send(PeerMessage message) implements Act {}

    /** Ask with {@link #ask} and a locator. */
    record Ask() implements Act {}

    /**
     * Verify these; {@link #fed} is called with what came of them.
     *
     * @param headers 80 bytes each, linked, at least one
     */
    record Feed(List<Bytes> headers, boolean mayHaveMore) implements Act {}

    /** The peer has no more headers than it gave. */
    record UpToDate() implements Act {}
  }

  /** What verification made of headers. */
  enum Fed {
    /** All are known now, and some were not; of a full message at least half. */
    TAKEN,
    /** All were known, or of a full message more than half. */
    KNOWN,
    /** The first one's parent is unknown. */
    UNCONNECTED,
    /** They start a branch that is looked at from its beginning. */
    FROM_THE_START
  }

  /**
   * @param timeoutMillis for the handshake and for an answer
   */
  PeerSession(long timeoutMillis, long nowMillis) {
    this.timeoutMillis = timeoutMillis;
    this.askedMillis = nowMillis;
    this.windowMillis = nowMillis;
  }

  /** The first thing to send. */
  static PeerMessage hello(long height) {
    return new PeerMessage.Version(PROTOCOL, height, "");
  }

  boolean isReady() {
    return version && acknowledged;
  }

  /**
   * @throws PeerException where no honest peer says this
   */
  List<Act> on(PeerMessage message, long nowMillis) {
    count(nowMillis);
    switch (message) {
      case PeerMessage.Version(int protocol, long height, String agent) -> {
        if (version) {
          throw new PeerException(PeerFault.OUT_OF_ORDER, "a second version");
        }
        if (protocol < MIN_PROTOCOL) {
          throw new PeerException(PeerFault.OLD_PROTOCOL, "version " + protocol);
        }
        version = true;
        acts.add(new Act.Send(new PeerMessage.VersionAcknowledged()));
      }
      case PeerMessage.VersionAcknowledged() -> {
        if (!version || acknowledged) {
          throw new PeerException(PeerFault.OUT_OF_ORDER, "verack");
        }
        acknowledged = true;
        acts.add(new Act.Send(new PeerMessage.SendHeaders()));
        acts.add(new Act.Ask());
      }
      case PeerMessage.Headers(List<Bytes> headers) -> headers(headers);
      case PeerMessage.Inventory(int blocks) -> {
        if (ready() && blocks > 0 && !waiting) {
          acts.add(new Act.Ask());
        }
      }
      case PeerMessage.Ping(long nonce) -> {
        if (ready()) {
          acts.add(new Act.Send(new PeerMessage.Pong(nonce)));
        }
      }
      case PeerMessage.Pong _,
          PeerMessage.SendHeaders _,
          PeerMessage.GetHeaders _,
          PeerMessage.Other _ -> {}
    }
    return taken();
  }

  private boolean ready() {
    if (!isReady()) {
      throw new PeerException(PeerFault.OUT_OF_ORDER, "before the handshake is over");
    }
    return true;
  }

  private void count(long nowMillis) {
    if (nowMillis - windowMillis >= WINDOW_MILLIS) {
      windowMillis = nowMillis;
      messages = 0;
      announcements = 0;
    }
    messages++;
    if (messages > MAX_MESSAGES) {
      throw new PeerException(PeerFault.FLOODING, messages + " messages");
    }
  }

  /**
   * An announcement can come between a question and its answer, and looks like a short one. So any
   * headers end the waiting, but only what is too long for an announcement uses a question up.
   */
  private void headers(List<Bytes> headers) {
    boolean asked = ready() && waiting;
    if (headers.size() > MAX_ANNOUNCED) {
      if (credit == 0) {
        throw new PeerException(PeerFault.UNSOLICITED_HEADERS, headers.size() + " headers");
      }
      credit--;
    }
    waiting = false;
    if (headers.isEmpty()) {
      unconnected = 0;
      acts.add(new Act.UpToDate());
      return;
    }
    for (int i = 1; i < headers.size(); i++) {
      Hash32 before = BlockHeader.of(headers.get(i - 1)).id();
      if (!BlockHeader.of(headers.get(i)).previous().equals(before)) {
        throw new PeerException(PeerFault.BAD_HEADERS, "headers that do not follow each other");
      }
    }
    boolean full = headers.size() >= MAX_HEADERS;
    announced = !asked;
    endsAnswer = asked && !full;
    acts.add(new Act.Feed(headers, full));
  }

  /**
   * What came of {@link Act.Feed}.
   *
   * @param more whether there may be more, and they are wanted now
   */
  List<Act> fed(Fed outcome, boolean more) {
    switch (outcome) {
      case TAKEN -> {
        useless = 0;
        taken(more);
      }
      case KNOWN -> {
        useless += more ? 1 : 0;
        if (useless > MAX_USELESS) {
          throw new PeerException(PeerFault.LESS_WORK, "the same headers again and again");
        }
        announcements += announced ? 1 : 0;
        if (announcements > MAX_ANNOUNCEMENTS) {
          throw new PeerException(PeerFault.FLOODING, announcements + " useless announcements");
        }
        taken(more);
      }
      case UNCONNECTED -> {
        unconnected++;
        if (unconnected > MAX_UNCONNECTED) {
          throw new PeerException(PeerFault.UNCONNECTED_HEADERS, unconnected + " times");
        }
        acts.add(new Act.Ask());
      }
      case FROM_THE_START -> acts.add(new Act.Ask());
    }
    return taken();
  }

  private void taken(boolean more) {
    unconnected = 0;
    if (more) {
      acts.add(new Act.Ask());
    } else if (endsAnswer) {
      acts.add(new Act.UpToDate());
    }
  }

  /** The question of {@link Act.Ask}. */
  PeerMessage ask(List<Hash32> locator, long nowMillis) {
    waiting = true;
    askedMillis = nowMillis;
    credit = Math.min(MAX_CREDIT, credit + 1);
    return new PeerMessage.GetHeaders(locator);
  }

  /**
   * Time has passed.
   *
   * @throws PeerException STALLED when something should have come
   */
  List<Act> tick(long nowMillis) {
    if (waiting && nowMillis - askedMillis > timeoutMillis) {
      throw new PeerException(
          PeerFault.STALLED, (isReady() ? "no headers for " : "no handshake for ") + timeoutMillis);
    }
    if (isReady() && !waiting && nowMillis - askedMillis > REFRESH_MILLIS) {
      acts.add(new Act.Ask());
    }
    return taken();
  }

  private List<Act> taken() {
    List<Act> all = List.copyOf(acts);
    acts.clear();
    return all;
  }
}
