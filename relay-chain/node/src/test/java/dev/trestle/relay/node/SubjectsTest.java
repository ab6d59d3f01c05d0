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
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
}
