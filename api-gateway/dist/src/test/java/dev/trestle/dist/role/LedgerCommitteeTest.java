package dev.trestle.dist.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.hub.PatientSender;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.StateView;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A member looks several times a second at what is missing. What it sends of that is one
 * transaction a thing until a block has it, and ever less often when it is refused.
 */
class LedgerCommitteeTest {
  private static final Path RECORDS =
      Path.of("../../relay-chain/ledger/src/test/resources/golden/records.txt");

  private static final int MEMBER = 2;
  private static final int LOOKS = 1_000;
  private static final ChainId CHAIN = ChainId.parse("eip155:31337");

  private final Map<Bytes, Bytes> state = new HashMap<>();
  private final List<TransactionBody> submitted = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  /** Of everything that is submitted; empty if no block comes in time. */
  private Optional<Receipt.Outcome> outcome = Optional.empty();

  private final LedgerCommittee committee =
      new LedgerCommittee(
          new ViewNode(() -> StateView.of(state)),
          new PatientSender<>(this::submit, waiting::add),
          MEMBER,
          Map.of());
  private Optional<ReleaseRecord> release = Optional.empty();

  private Receipt submit(TransactionBody body) {
    submitted.add(body);
    return outcome
        .map(found -> new Receipt(Hash32.ZERO, found, "code", "", List.of()))
        .orElseThrow(() -> new TrestleException(ProblemCode.RELAY_NO_QUORUM, "no block"));
  }

  private void blocksCome() {
    while (!waiting.isEmpty()) {
      waiting.pop().run();
    }
  }

  /** A release of the ledger's golden records that waits for signatures. */
  @BeforeEach
  void planRelease() throws IOException {
    Map<String, Bytes> golden =
        Files.readAllLines(RECORDS).stream()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(line -> line[0], line -> Bytes.fromHex(line[1])));
    ReleaseRecord ready = ReleaseRecord.decode(golden(golden, "release"));
    signedBy(ready.with(ReleaseRecord.State.PLANNED, ready.plan(), List.of(), Optional.empty()));
    RouteRecord route = RouteRecord.decode(golden(golden, "route"));
    state.put(StateKeys.route(ready.routeId()), golden(golden, "route"));
    state.put(StateKeys.chain(route.home()), golden(golden, "chain"));
    state.put(StateKeys.chain(route.destination()), golden(golden, "chain"));
  }

  private static Bytes golden(Map<String, Bytes> golden, String name) {
    return Optional.ofNullable(golden.get(name)).orElseThrow();
  }

  private void signedBy(ReleaseRecord next) {
    release = Optional.of(next);
    state.put(StateKeys.release(next.id()), next.encode());
    state.put(StateKeys.releaseState(ReleaseRecord.State.PLANNED, next.id()), Bytes.EMPTY);
  }

  /** As the member does it: a signature has fresh randomness, so that no two looks are alike. */
  private void look(int number) {
    for (PlannedRelease planned : committee.plannedReleases()) {
      if (!planned.signedByUs()) {
        committee.submitSignatures(planned.id(), MEMBER, List.of(schnorr(number)));
      }
    }
  }

  private static SchnorrSignature schnorr(int number) {
    Bytes half = Digests.sha256(Bytes.utf8("signature " + number)).bytes();
    return new SchnorrSignature(Bytes.concat(half, half));
  }

  private void attest(String header, int number) {
    SecretKey key = SecretKey.derive(Bytes.utf8("member"), "key " + number);
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(Digests.sha256(Bytes.utf8(header)), key);
    committee.submitAttestation(CHAIN, Bytes.utf8(header), MEMBER, signature);
  }

  @Test
  void signaturesThatAreUnderWayAreNotMadeAgain() {
    for (int i = 0; i < LOOKS; i++) {
      look(i);
    }
    assertThat(waiting).hasSize(1);
    assertThat(committee.plannedReleases()).as("nothing to do").isEmpty();
    outcome = Optional.of(Receipt.Outcome.APPLIED);
    blocksCome();
    assertThat(submitted).hasSize(1);
    assertThat(committee.plannedReleases()).as("if they are missing again").hasSize(1);
  }

  @Test
  void refusedSignaturesAreMadeEverLessOftenAndWhatNoBlockTookIsSentAsItWas() {
    for (int i = 0; i < LOOKS; i++) {
      look(i);
      blocksCome();
    }
    assertThat(submitted).hasSizeBetween(8, 10).allMatch(submitted.getFirst()::equals);
    outcome = Optional.of(Receipt.Outcome.FAILED);
    for (int i = 0; i < LOOKS; i++) {
      look(LOOKS + i);
      blocksCome();
    }
    assertThat(submitted).hasSizeLessThan(20);
  }

  /** Whose signatures are in the chain is told so at every look: there is nothing to wait for. */
  @Test
  void whatTheMemberHasSignedIsAlwaysShown() {
    ReleaseRecord planned = release.orElseThrow();
    outcome = Optional.of(Receipt.Outcome.FAILED);
    for (int i = 0; i < LOOKS; i++) {
      look(i); // by now there is a long wait
      blocksCome();
    }
    signedBy(
        planned.with(
            ReleaseRecord.State.PLANNED,
            planned.plan(),
            List.of(new CustodyRules.MemberSignatures(MEMBER, List.of(schnorr(0)))),
            Optional.empty()));
    for (int i = 0; i < LOOKS; i++) {
      look(i);
      assertThat(committee.plannedReleases()).singleElement().matches(PlannedRelease::signedByUs);
    }
    assertThat(waiting).isEmpty();
    signedBy(
        planned.with(
            ReleaseRecord.State.PLANNED,
            planned.plan(),
            List.of(new CustodyRules.MemberSignatures(MEMBER + 1, List.of(schnorr(0)))),
            Optional.empty()));
    for (int i = 0; i < LOOKS; i++) {
      look(i);
    }
    assertThat(waiting).as("another member's are not its own").hasSize(1);
  }

  @Test
  void anAttestationIsSentOnceWhileItIsUnderWay() {
    for (int i = 0; i < LOOKS; i++) {
      attest("header", i);
    }
    assertThat(waiting).hasSize(1);
    attest("another header", 0);
    assertThat(waiting).hasSize(2);
    outcome = Optional.of(Receipt.Outcome.FAILED);
    blocksCome();
    submitted.clear();
    for (int i = 0; i < LOOKS; i++) {
      attest("header", i);
      blocksCome();
    }
    assertThat(submitted).as("refused again and again").hasSizeBetween(7, 10);
  }
}
