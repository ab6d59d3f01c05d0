package dev.trestle.lightclient.attested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttestedUpdateTest {
  private final Fixture four = new Fixture(4, 3);

  @Test
  void aQuorumMovesTheClient() {
    assertThat(four.client.latest(four.view).height()).isZero();
    four.accept(Fixture.header(120), 0, 2, 3);
    assertThat(four.client.latest(four.view).height()).isEqualTo(120);
    assertThat(four.client.timestampAt(four.view, 120))
        .isEqualTo(Verdict.accept(Fixture.NOW + 120));
    assertReason(RejectionCode.UNKNOWN_HEIGHT, four.client.timestampAt(four.view, 119));
    // A block that was attested later but lies lower is added, and the head stays.
    four.accept(Fixture.header(110), 0, 1, 2, 3);
    assertThat(four.client.latest(four.view).height()).isEqualTo(120);
    assertThat(four.client.timestampAt(four.view, 110).isAccepted()).isTrue();
  }

  @Test
  void oneSignatureShortIsRefusedForEveryCommitteeSize() {
    for (int n = 4; n <= 100; n++) {
      int threshold = 2 * n / 3 + 1;
      Fixture fixture = new Fixture(n, threshold);
      Bytes header = Fixture.header(200);
      SortedMap<Integer, EcdsaSignature> all = new TreeMap<>();
      for (int i = n - threshold; i < n; i++) {
        all.put(i, fixture.sign(i, header));
      }
      Bytes enough = new AttestedUpdate(Fixture.EPOCH, header, n, all).encode();
      assertThat(verify(fixture, enough).isAccepted()).as("%d of %d", threshold, n).isTrue();
      all.remove(n - 1);
      Bytes short1 = new AttestedUpdate(Fixture.EPOCH, header, n, all).encode();
      assertReason(RejectionCode.QUORUM_LOW, verify(fixture, short1));
      assertThat(fixture.anchor.threshold() * 3).isGreaterThan(2 * n);
      assertThatThrownBy(() -> new Fixture(fixture.keys.size(), 2 * fixture.keys.size() / 3))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void signaturesThatAreNotThoseOfTheMembersNamedAreRefused() {
    Bytes header = Fixture.header(130);
    SortedMap<Integer, EcdsaSignature> good = four.signatures(header, 0, 1, 2);

    SortedMap<Integer, EcdsaSignature> twice = new TreeMap<>(good);
    twice.put(2, good.get(1));
    assertReason(RejectionCode.DUPLICATE_SIGNER, verify(four, message(header, twice)));

    SortedMap<Integer, EcdsaSignature> stranger = new TreeMap<>(good);
    stranger.put(2, new Fixture(5, 4).sign(4, header));
    assertReason(RejectionCode.UNKNOWN_SIGNER, verify(four, message(header, stranger)));

    SortedMap<Integer, EcdsaSignature> otherBlock = new TreeMap<>(good);
    otherBlock.put(2, four.sign(2, Fixture.header(131)));
    assertReason(RejectionCode.UNKNOWN_SIGNER, verify(four, message(header, otherBlock)));

    SortedMap<Integer, EcdsaSignature> empty = new TreeMap<>(good);
    empty.put(2, new EcdsaSignature(Bytes.wrap(new byte[64])));
    assertReason(RejectionCode.BAD_SIGNATURE, verify(four, message(header, empty)));
  }

  @Test
  void anAttestationForAnotherHubChainEpochOrHeightIsRefused() {
    EvmHeader header = EvmHeader.decode(Fixture.header(130));
    List<HeaderAttestation> others =
        List.of(
            attest(Hash32.ZERO, "eip155:31337", Fixture.EPOCH, 130, header.hash()),
            attest(Fixture.HUB, "eip155:1", Fixture.EPOCH, 130, header.hash()),
            attest(Fixture.HUB, "eip155:31337", Fixture.EPOCH + 1, 130, header.hash()),
            attest(Fixture.HUB, "eip155:31337", Fixture.EPOCH, 131, header.hash()),
            attest(Fixture.HUB, "eip155:31337", Fixture.EPOCH, 130, header.parentHash()));
    for (HeaderAttestation other : others) {
      SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
      for (int i = 0; i < 4; i++) {
        signatures.put(i, other.sign(four.keys.get(i)));
      }
      assertReason(
          RejectionCode.UNKNOWN_SIGNER, verify(four, message(Fixture.header(130), signatures)));
    }
  }

  @Test
  void malformedMessagesAreRefused() {
    Bytes header = Fixture.header(130);
    Bytes good = four.update(header, 0, 1, 2);
    int bitmap = 8 + 4 + header.size() + 2;
    assertReason(RejectionCode.WRONG_EPOCH, verify(four, patch(good, 7, 1)));
    assertReason(RejectionCode.BITS_BEYOND_SET, verify(four, patch(good, bitmap, 0x10)));
    assertReason(RejectionCode.MALFORMED, verify(four, patch(good, bitmap - 1, 1))); // n = 5
    assertReason(RejectionCode.MALFORMED, verify(four, patch(good, bitmap - 2, 0xff)));
    assertReason(
        RejectionCode.MALFORMED, verify(four, good.slice(0, good.size() - EcdsaSignature.SIZE)));
    assertReason(RejectionCode.MALFORMED, verify(four, good.slice(0, good.size() - 1)));
    assertReason(
        RejectionCode.TRAILING_BYTES,
        verify(four, Bytes.concat(good, four.sign(3, header).bytes())));
    assertReason(RejectionCode.MALFORMED, verify(four, Bytes.concat(good, Bytes.fromHex("00"))));
    assertReason(RejectionCode.MALFORMED, verify(four, Bytes.EMPTY));
    Bytes noHeader =
        new CanonicalWriter().u64(Fixture.EPOCH).bytes(Bytes.EMPTY).u16(4).u8(7).toBytes();
    assertReason(RejectionCode.MALFORMED, verify(four, noHeader));
    Bytes flood = Bytes.concat(good, Bytes.wrap(new byte[64 * 200]));
    assertReason(RejectionCode.MALFORMED, verify(four, flood));
  }

  @Test
  void workIsChargedBeforeItIsDone() {
    Bytes good = four.update(Fixture.header(130), 0, 1, 2);
    Budget small = new Budget(3 * Budget.SIGNATURE);
    assertReason(
        RejectionCode.BUDGET_EXCEEDED, four.client.verify(four.view, good, small, Fixture.NOW));
    assertReason(
        RejectionCode.BUDGET_EXCEEDED,
        four.client.verify(four.view, good, new Budget(0), Fixture.NOW));
    assertReason(
        RejectionCode.BUDGET_EXCEEDED, four.client.initialize(four.anchor.encode(), new Budget(0)));
  }

  @Test
  void heightsThatTheStateCannotTakeAreRefused() {
    assertReason(
        RejectionCode.STALE_HEIGHT, verify(four, four.update(Fixture.header(99), 0, 1, 2)));
    four.accept(Fixture.header(100), 0, 1, 2);
    Verdict<VerifiedUpdate> again = verify(four, four.update(Fixture.header(100), 1, 2, 3));
    assertThat(again)
        .isInstanceOfSatisfying(
            Verdict.Ignored.class,
            ignored -> assertThat(ignored.reason()).isEqualTo(RejectionCode.NOTHING_NEW));
    Bytes other = Fixture.header(100, Hash32.ZERO, Hash32.ZERO, Fixture.NOW, "fork");
    assertReason(RejectionCode.STALE_HEIGHT, verify(four, four.update(other, 0, 1, 2)));
  }

  @Test
  void aHeaderThatDoesNotLinkToItsNeighbourIsRefused() {
    Bytes parent = Fixture.header(150);
    four.accept(parent, 0, 1, 2);
    Hash32 id = EvmHeader.decode(parent).hash();
    Bytes linked = Fixture.header(151, id, Hash32.ZERO, Fixture.NOW + 151, "");
    assertThat(verify(four, four.update(linked, 0, 1, 2)).isAccepted()).isTrue();
    Bytes loose = Fixture.header(151);
    assertReason(RejectionCode.BAD_PREV, verify(four, four.update(loose, 0, 1, 2)));
    Bytes before = Fixture.header(149); // 150 names another parent
    assertReason(RejectionCode.BAD_PREV, verify(four, four.update(before, 0, 1, 2)));
  }

  @Test
  void timeRunsForward() {
    four.accept(Fixture.header(150), 0, 1, 2);
    Bytes older = Fixture.header(160, Hash32.ZERO, Hash32.ZERO, Fixture.NOW, "");
    assertReason(RejectionCode.TIME_TOO_OLD, verify(four, four.update(older, 0, 1, 2)));
    Bytes newer = Fixture.header(140, Hash32.ZERO, Hash32.ZERO, Fixture.NOW + 151, "");
    assertReason(RejectionCode.TIME_TOO_NEW, verify(four, four.update(newer, 0, 1, 2)));
  }

  @Test
  void theClientExpiresWithoutUpdates() {
    assertThat(four.client.status(four.view, Fixture.NOW)).isEqualTo(ClientStatus.ACTIVE);
    long late = Fixture.NOW + Fixture.PERIOD;
    assertThat(four.client.status(four.view, late)).isEqualTo(ClientStatus.EXPIRING);
    assertThat(four.client.status(four.view, late + 1)).isEqualTo(ClientStatus.EXPIRED);
    assertThat(new AttestedEvmClient().status(new Fixture.MemoryView(), late))
        .isEqualTo(ClientStatus.EXPIRED);
    Bytes update = four.update(Fixture.header(150), 0, 1, 2);
    assertReason(
        RejectionCode.CLIENT_EXPIRED,
        four.client.verify(four.view, update, Fixture.budget(), late + 1));
    VerifiedUpdate renewed =
        four.client.verify(four.view, update, Fixture.budget(), late).orThrow();
    four.view.apply(four.client.apply(four.view, renewed));
    assertThat(four.client.status(four.view, late + 1)).isEqualTo(ClientStatus.ACTIVE);
  }

  @Test
  void theStateIsBoundedAndWhatLeftItDoesNotComeBack() {
    Fixture fixture = new Fixture(4, 3);
    long last = Fixture.FIRST + AttestedState.WINDOW;
    Bytes parent = Fixture.header(Fixture.FIRST);
    fixture.accept(parent, 0, 1, 2);
    int full = 2 + 2 * AttestedState.WINDOW;
    for (long height = Fixture.FIRST + 2; height <= 2 * last - Fixture.FIRST; height += 2) {
      fixture.accept(Fixture.header(height), 0, 1, 2);
      assertThat(fixture.view.size()).isLessThanOrEqualTo(full);
    }
    assertThat(fixture.view.size()).isEqualTo(full);
    assertReason(
        RejectionCode.UNKNOWN_HEIGHT, fixture.client.timestampAt(fixture.view, Fixture.FIRST));
    assertThat(fixture.client.timestampAt(fixture.view, Fixture.FIRST + 2).isAccepted()).isTrue();
    assertReason(RejectionCode.STALE_HEIGHT, verify(fixture, fixture.update(parent, 0, 1, 2)));
  }

  @Test
  void anUninitialisedClientVerifiesNothing() {
    Fixture.MemoryView empty = new Fixture.MemoryView();
    Bytes update = four.update(Fixture.header(150), 0, 1, 2);
    assertReason(
        RejectionCode.UNKNOWN_HEIGHT,
        four.client.verify(empty, update, Fixture.budget(), Fixture.NOW));
    assertThatThrownBy(() -> four.client.apply(four.view, () -> four.client.latest(four.view)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static HeaderAttestation attest(
      Hash32 hub, String chain, long epoch, long height, Hash32 hash) {
    return new HeaderAttestation(hub, dev.trestle.base.ChainId.parse(chain), epoch, height, hash);
  }

  private static Bytes message(Bytes header, SortedMap<Integer, EcdsaSignature> signatures) {
    return new AttestedUpdate(Fixture.EPOCH, header, 4, signatures).encode();
  }

  private static Verdict<VerifiedUpdate> verify(Fixture fixture, Bytes message) {
    return fixture.client.verify(fixture.view, message, Fixture.budget(), Fixture.NOW);
  }

  private static Bytes patch(Bytes source, int at, int xor) {
    byte[] raw = source.toArray();
    raw[at] ^= (byte) xor;
    return Bytes.wrap(raw);
  }

  static void assertReason(ReasonCode expected, Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(expected));
  }
}
