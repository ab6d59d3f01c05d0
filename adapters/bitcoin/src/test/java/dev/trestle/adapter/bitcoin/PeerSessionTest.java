package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.bitcoin.PeerSession.Act;
import dev.trestle.adapter.bitcoin.PeerSession.Fed;
import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a peer may say when; no socket, no clock. */
class PeerSessionTest {
  private static final long TIMEOUT = 1_000;
  private static final PeerMessage VERSION = new PeerMessage.Version(70_016, 5, "/node/");
  private static final PeerMessage VERACK = new PeerMessage.VersionAcknowledged();
  private static final PeerMessage NONE = new PeerMessage.Headers(List.of());
  private static final List<Bytes> HEADERS = TestHeaders.branch("a", 2_000);

  private final PeerSession session = new PeerSession(TIMEOUT, 0);

  private static PeerMessage headers(int from, int to) {
    return new PeerMessage.Headers(HEADERS.subList(from, to));
  }

  private void ready() {
    assertThat(session.on(VERSION, 0)).containsExactly(new Act.Send(VERACK));
    assertThat(session.on(VERACK, 0))
        .containsExactly(new Act.Send(new PeerMessage.SendHeaders()), new Act.Ask());
    assertThat(session.isReady()).isTrue();
    asked(0);
  }

  private void asked(long now) {
    assertThat(session.ask(List.of(), now)).isInstanceOf(PeerMessage.GetHeaders.class);
  }

  @Test
  void asksUntilThereIsNoMore() {
    ready();
    assertThat(session.on(headers(0, 2_000), 1)).containsExactly(new Act.Feed(HEADERS, true));
    assertThat(session.fed(Fed.TAKEN, true)).containsExactly(new Act.Ask());
    asked(2);
    assertThat(session.on(headers(0, 5), 3))
        .containsExactly(new Act.Feed(HEADERS.subList(0, 5), false));
    assertThat(session.fed(Fed.TAKEN, false)).containsExactly(new Act.UpToDate());
    assertThat(session.on(headers(5, 6), 4))
        .containsExactly(new Act.Feed(HEADERS.subList(5, 6), false));
    assertThat(session.fed(Fed.TAKEN, false)).isEmpty();
    assertThat(session.on(new PeerMessage.Inventory(1), 5)).containsExactly(new Act.Ask());
    assertThat(session.on(new PeerMessage.Inventory(0), 5)).isEmpty();
    assertThat(session.on(new PeerMessage.Ping(3), 5))
        .containsExactly(new Act.Send(new PeerMessage.Pong(3)));
    asked(6);
    assertThat(session.on(NONE, 7)).containsExactly(new Act.UpToDate());
    assertThat(session.tick(8 + PeerSession.REFRESH_MILLIS)).containsExactly(new Act.Ask());
  }

  @Test
  void theHandshakeHasAnOrder() {
    fault(PeerFault.OUT_OF_ORDER, () -> session.on(VERACK, 0));
    fault(PeerFault.OUT_OF_ORDER, () -> session.on(headers(0, 1), 0));
    fault(PeerFault.OUT_OF_ORDER, () -> session.on(new PeerMessage.Ping(1), 0));
    fault(PeerFault.OLD_PROTOCOL, () -> session.on(new PeerMessage.Version(70_011, 5, ""), 0));
    assertThat(session.on(new PeerMessage.Other("wtxidrelay"), 0)).isEmpty();
    ready();
    fault(PeerFault.OUT_OF_ORDER, () -> session.on(VERSION, 0));
    fault(PeerFault.OUT_OF_ORDER, () -> session.on(VERACK, 0));
  }

  @Test
  void announcementsAreShort() {
    ready();
    assertThat(session.on(NONE, 0)).containsExactly(new Act.UpToDate());
    assertThat(session.on(headers(0, 8), 0)).hasSize(1);
    // an announcement came before the answer: the answer may still be long, once
    assertThat(session.on(headers(8, 100), 0)).hasSize(1);
    fault(PeerFault.UNSOLICITED_HEADERS, () -> session.on(headers(0, 9), 0));
  }

  @Test
  void headersFollowEachOther() {
    ready();
    List<Bytes> gap = new ArrayList<>(HEADERS.subList(0, 3));
    gap.remove(1);
    fault(PeerFault.BAD_HEADERS, () -> session.on(new PeerMessage.Headers(gap), 0));
  }

  @Test
  void whoSaysNothingHasStalled() {
    assertThat(session.tick(TIMEOUT)).isEmpty();
    fault(PeerFault.STALLED, () -> session.tick(TIMEOUT + 1));
    ready();
    assertThat(session.tick(TIMEOUT)).isEmpty();
    fault(PeerFault.STALLED, () -> session.tick(TIMEOUT + 1));
  }

  @Test
  void whoSaysTooMuchFloods() {
    ready();
    assertThat(session.on(NONE, 0)).hasSize(1);
    for (int i = 0; i <= PeerSession.MAX_ANNOUNCEMENTS; i++) {
      assertThat(session.on(headers(0, 1), 1)).hasSize(1);
      assertThat(session.fed(Fed.TAKEN, false)).isEmpty();
    }
    for (int i = 0; i < PeerSession.MAX_ANNOUNCEMENTS; i++) {
      assertThat(session.on(headers(0, 1), 1)).hasSize(1);
      assertThat(session.fed(Fed.KNOWN, false)).isEmpty();
    }
    assertThat(session.on(headers(0, 1), 2)).hasSize(1);
    fault(PeerFault.FLOODING, () -> session.fed(Fed.KNOWN, false));
    assertThat(session.on(headers(0, 1), 2 + PeerSession.WINDOW_MILLIS)).hasSize(1);
    assertThat(session.fed(Fed.KNOWN, false)).isEmpty();
    for (int i = 1; i < PeerSession.MAX_MESSAGES; i++) {
      assertThat(session.on(new PeerMessage.Other("addr"), 3 + PeerSession.WINDOW_MILLIS))
          .isEmpty();
    }
    fault(
        PeerFault.FLOODING,
        () -> session.on(new PeerMessage.Other("addr"), 3 + PeerSession.WINDOW_MILLIS));
  }

  @Test
  void unconnectedAnnouncementsAreAskedAboutAFewTimes() {
    ready();
    for (int i = 0; i < PeerSession.MAX_UNCONNECTED; i++) {
      assertThat(session.fed(Fed.UNCONNECTED, false)).containsExactly(new Act.Ask());
    }
    fault(PeerFault.UNCONNECTED_HEADERS, () -> session.fed(Fed.UNCONNECTED, false));
  }

  @Test
  void theSameHeadersAreNotAskedForWithoutEnd() {
    ready();
    for (int i = 0; i < PeerSession.MAX_USELESS; i++) {
      assertThat(session.fed(Fed.KNOWN, true)).containsExactly(new Act.Ask());
    }
    fault(PeerFault.LESS_WORK, () -> session.fed(Fed.KNOWN, true));
  }

  private static void fault(PeerFault fault, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(PeerException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }
}
