package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.relay.ledger.RecordsView;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What transactions are about, in a state of the ledger's golden records. */
class SubjectsTest {
  private static final Path RECORDS = Path.of("../ledger/src/test/resources/golden/records.txt");
  private static final Hash32 ID = Hash32.fromHex("77".repeat(32));
  private static final Claim CLAIM = new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);

  private final Map<Bytes, Bytes> state = new HashMap<>();
  private Map<String, Bytes> golden = Map.of();

  @BeforeEach
  void readRecords() throws IOException {
    golden =
        Files.readAllLines(RECORDS).stream()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(line -> line[0], line -> Bytes.fromHex(line[1])));
  }

  private Bytes record(String name) {
    return Optional.ofNullable(golden.get(name)).orElseThrow();
  }

  private Bytes of(TransactionBody body) {
    StateReader reader =
        new StateReader() {
          @Override
          public Optional<Bytes> get(Bytes key) {
            return Optional.ofNullable(state.get(key));
          }

          @Override
          public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
            return List.of();
          }
        };
    return Subjects.of(RecordsView.of(reader), body);
  }

  private static TransactionBody open(Hash32 routeId) {
    return new TransactionBody.OpenTransfer(routeId, ID, Amount.of(1), ID, 100, ID);
  }

  @Test
  void allThatHappensOnARouteIsAboutItsLane() {
    Bytes unknown = of(open(ID));
    TransferRecord transfer = TransferRecord.decode(record("transfer"));
    state.put(StateKeys.transfer(ID), record("transfer"));
    assertThat(of(new TransactionBody.SubmitDeposit(ID, CLAIM)))
        .as("of a route that is not there")
        .isEqualTo(unknown);
    state.put(StateKeys.route(transfer.routeId()), record("route"));
    Bytes lane = transfer.routeId().bytes();
    assertThat(of(open(transfer.routeId()))).isEqualTo(lane).isNotEqualTo(unknown);
    assertThat(of(new TransactionBody.SubmitDeposit(ID, CLAIM))).isEqualTo(lane);
    assertThat(of(new TransactionBody.SubmitDeposit(Hash32.ZERO, CLAIM))).isEqualTo(unknown);

    PacketRecord packet = PacketRecord.decode(record("packet"));
    state.put(StateKeys.packet(ID), record("packet"));
    state.put(StateKeys.route(packet.routeId()), record("route"));
    assertThat(of(new TransactionBody.TimeoutPacket(ID, 1, Bytes.EMPTY, Bytes.EMPTY)))
        .isEqualTo(packet.routeId().bytes());
    ReleaseRecord release = ReleaseRecord.decode(record("release"));
    state.put(StateKeys.release(ID), record("release"));
    state.put(StateKeys.route(release.routeId()), record("route"));
    assertThat(of(new TransactionBody.SubmitRelease(ID, CLAIM)))
        .isEqualTo(of(new TransactionBody.SignRelease(ID, 0, List.of())))
        .isEqualTo(release.routeId().bytes());
  }

  @Test
  void headersAreAboutTheirChainAndDecisionsAboutTheHub() {
    ChainId chain = ChainRecord.decode(record("chain")).chain();
    Bytes unknown = of(new TransactionBody.UpdateClient(chain, Bytes.EMPTY));
    state.put(StateKeys.chain(chain), record("chain"));
    Bytes headers = of(new TransactionBody.UpdateClient(chain, Bytes.EMPTY));
    assertThat(headers).isNotEqualTo(unknown);
    assertThat(of(new TransactionBody.SubmitMessage(chain, CLAIM))).isEqualTo(headers);
    Bytes vote = of(new TransactionBody.Vote(1, ID));
    assertThat(vote)
        .isNotEqualTo(unknown)
        .isNotEqualTo(headers)
        .isEqualTo(of(new TransactionBody.ValidatorReady(7)));
  }

  /** The ledger's golden transactions have one of every kind. */
  @Test
  void noKindOfTransactionIsAboutWhatNobodyKnows() throws IOException {
    Map<String, TransactionBody> kinds = kinds();
    assertThat(kinds.keySet())
        .containsAll(
            Stream.of(TransactionBody.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .filter(name -> !name.equals("Propose"))
                .toList());
    kinds.values().forEach(this::know);
    Bytes unknown = of(open(Hash32.ZERO));
    kinds.forEach((name, body) -> assertThat(of(body)).as(name).isNotEqualTo(unknown));
    Bytes swap = of(kind(kinds, "AgreeSwap"));
    Bytes vote = of(kind(kinds, "Vote"));
    assertThat(swap).isNotEqualTo(vote);
    for (String each :
        List.of(
            "RegisterChain",
            "RegisterRoute",
            "Pause",
            "Resume",
            "Propose.SetLimits",
            "ExecuteProposal",
            "ValidatorReady")) {
      assertThat(of(kind(kinds, each))).as(each).isEqualTo(vote);
    }
    state.clear();
    for (String each :
        List.of(
            "UpdateClient",
            "SubmitMisbehaviour",
            "AttestHeader",
            "SubmitMessage",
            "PlanSweep",
            "OpenTransfer",
            "SubmitDeposit",
            "SubmitAttestedDeposit",
            "SubmitTakeBack",
            "ClaimRefund",
            "TimeoutPacket",
            "SignRelease",
            "SubmitRelease")) {
      assertThat(of(kind(kinds, each))).as("%s of what is not there", each).isEqualTo(unknown);
    }
  }

  private static TransactionBody kind(Map<String, TransactionBody> kinds, String name) {
    return Optional.ofNullable(kinds.get(name)).orElseThrow();
  }

  private static Map<String, TransactionBody> kinds() throws IOException {
    return Files.readAllLines(RECORDS.resolveSibling("transactions.txt")).stream()
        .map(line -> line.split(" "))
        .collect(
            Collectors.toMap(
                line -> line[0], line -> Transaction.decode(Bytes.fromHex(line[1])).body()));
  }

  /** Puts what it is about into the state. */
  private void know(TransactionBody body) {
    switch (body) {
      case TransactionBody.UpdateClient b -> know(b.chain());
      case TransactionBody.SubmitMisbehaviour b -> know(b.chain());
      case TransactionBody.AttestHeader b -> know(b.chain());
      case TransactionBody.SubmitMessage b -> know(b.chain());
      case TransactionBody.PlanSweep b -> know(b.chain());
      case TransactionBody.OpenTransfer b ->
          state.put(StateKeys.route(b.routeId()), record("route"));
      case TransactionBody.SubmitDeposit b -> knowTransfer(b.transferId());
      case TransactionBody.SubmitAttestedDeposit b -> knowTransfer(b.transferId());
      case TransactionBody.SubmitTakeBack b -> knowTransfer(b.transferId());
      case TransactionBody.ClaimRefund b -> knowTransfer(b.transferId());
      case TransactionBody.TimeoutPacket b -> {
        state.put(StateKeys.packet(b.packetId()), record("packet"));
        Hash32 route = PacketRecord.decode(record("packet")).routeId();
        state.put(StateKeys.route(route), record("route"));
      }
      case TransactionBody.SignRelease b -> knowRelease(b.releaseId());
      case TransactionBody.SubmitRelease b -> knowRelease(b.releaseId());
      case TransactionBody.AgreeSwap _,
          TransactionBody.RegisterChain _,
          TransactionBody.RegisterRoute _,
          TransactionBody.Pause _,
          TransactionBody.Resume _,
          TransactionBody.Propose _,
          TransactionBody.Vote _,
          TransactionBody.ExecuteProposal _,
          TransactionBody.ValidatorReady _ -> {}
    }
  }

  private void know(ChainId chain) {
    state.put(StateKeys.chain(chain), record("chain"));
  }

  private void knowTransfer(Hash32 id) {
    state.put(StateKeys.transfer(id), record("transfer"));
    Hash32 route = TransferRecord.decode(record("transfer")).routeId();
    state.put(StateKeys.route(route), record("route"));
  }

  private void knowRelease(Hash32 id) {
    state.put(StateKeys.release(id), record("release"));
    Hash32 route = ReleaseRecord.decode(record("release")).routeId();
    state.put(StateKeys.route(route), record("route"));
  }
}
