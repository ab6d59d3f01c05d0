package dev.trestle.lightclient.trestle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.Genesis;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Eras, their ends, and who answers for what was signed in which. */
final class TrestleClientTest {
  private static final long AMPLE = 10_000_000;
  private final PaperHub hub = new PaperHub("hub", 4, 7);
  private final LightClient client = new TrestleFamily().client();

  private ClientState start() {
    return ClientState.EMPTY.with(
        client.initialize(hub.anchor(8).encode(), new Budget(AMPLE)).orThrow());
  }

  private ClientState after(ClientState state, Bytes update) {
    VerifiedUpdate verified =
        client.verify(state, update, new Budget(AMPLE), PaperHub.NOW).orThrow();
    return state.with(client.apply(state, verified));
  }

  private String refusal(ClientState state, Bytes update) {
    return code(client.verify(state, update, new Budget(AMPLE), PaperHub.NOW));
  }

  private static String code(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "accepted";
      case Verdict.Ignored<?>(var reason, String detail) -> reason.code();
      case Verdict.Later<?>(var reason, String detail) -> reason.code();
      case Verdict.Rejected<?>(var reason, String detail) -> reason.code();
    };
  }

  private static Bytes single(CertifiedHeader block) {
    return new TrestleUpdate(List.of(new TrestleUpdate.Step(block, Optional.empty()))).encode();
  }

  @Test
  void theFamilyIsFoundByItsType() {
    assertThat(ServiceLoader.load(LightClientFamily.class).stream().map(p -> p.get().type()))
        .contains("trestle/1");
  }

  @Test
  void theLastBlockOfAnEraMustBringTheNextSet() {
    ClientState state = start();
    assertThat(refusal(state, single(hub.certified(hub.at(10))))).isEqualTo("hand-over-missing");
    Bytes wrongSet =
        new TrestleUpdate(
                List.of(
                    new TrestleUpdate.Step(
                        hub.certified(hub.at(10)), Optional.of(PaperHub.addresses(hub.first)))))
            .encode();
    assertThat(refusal(state, wrongSet)).isEqualTo("wrong-validators");
    Bytes tooEarly =
        new TrestleUpdate(
                List.of(
                    new TrestleUpdate.Step(
                        hub.certified(hub.at(9)), Optional.of(PaperHub.addresses(hub.second)))))
            .encode();
    assertThat(refusal(state, tooEarly)).isEqualTo("no-hand-over");
    assertThat(client.latest(after(state, hub.update(10))).height()).isEqualTo(10);
  }

  /** A set that no client can read would end what the client verifies, and all that rests on it. */
  @Test
  void theLargestSetOfARelayChainIsFollowed() {
    PaperHub large = new PaperHub("large", Genesis.MAX_MEMBERS, Genesis.MAX_MEMBERS);
    ClientState state =
        ClientState.EMPTY.with(
            client.initialize(large.anchor(8).encode(), new Budget(AMPLE)).orThrow());
    assertThat(client.latest(after(state, large.update(10, 15))).height()).isEqualTo(15);
  }

  @Test
  void anEraCannotBeSkipped() {
    assertThat(refusal(start(), hub.update(15))).isEqualTo("wrong-validators");
    assertThat(client.latest(after(start(), hub.update(10, 15))).height()).isEqualTo(15);
  }

  @Test
  void knownBlocksAreNothingNewAndOthersInTheirPlaceAreStale() {
    ClientState state = after(start(), hub.update(9));
    assertThat(refusal(state, hub.update(9))).isEqualTo("nothing-new");
    assertThat(refusal(state, single(hub.certified(hub.block(9, "twin")))))
        .isEqualTo("stale-height");
    assertThat(refusal(state, hub.update(10, 9))).isEqualTo("unknown-era");
  }

  @Test
  void anEpochDoesNotGoBack() {
    ClientState state = after(start(), hub.update(10));
    RelayHeader third = hub.block(12, "", 3, hub.at(12).timeMs());
    ClientState later = after(state, single(hub.certified(third)));
    assertThat(refusal(later, single(hub.certified(hub.at(13))))).isEqualTo("epoch-backwards");
  }

  /** The old set signs another block after its end: it forked, and answers while it is bound. */
  @Test
  void aSetThatSignsAfterItsEndIsMisbehaviourUntilItIsReleased() {
    ClientState state = after(start(), hub.update(10, 15));
    RelayHeader zombie =
        new RelayHeader(
            hub.chain,
            12,
            hub.at(12).timeMs(),
            hub.at(11).id(),
            0,
            hub.at(8).validatorsHash(),
            hub.at(8).validatorsHash(),
            hub.chain,
            hub.chain,
            hub.chain,
            hub.chain,
            hub.chain,
            hub.chain,
            hub.at(8).builder());
    Bytes evidence =
        new ForkEvidence(List.of(hub.certified(zombie, hub.first, 3)), Optional.empty()).encode();
    Verdict<ClientDelta> proved =
        client.checkMisbehaviour(state, evidence, new Budget(AMPLE), PaperHub.NOW);
    assertThat(code(proved)).isEqualTo("accepted");
    assertThat(client.status(state.with(proved.orThrow()), PaperHub.NOW))
        .isEqualTo(ClientStatus.FROZEN);
    ClientState fresh = state;
    long end = hub.at(10).timeMs() / 1_000;
    Verdict<ClientDelta> bound =
        client.checkMisbehaviour(fresh, evidence, new Budget(AMPLE), end + 1_000);
    assertThat(bound.isAccepted()).isTrue();
    Verdict<ClientDelta> released =
        client.checkMisbehaviour(fresh, evidence, new Budget(AMPLE), end + 1_001);
    assertThat(code(released)).isEqualTo("unknown-era");
  }

  @Test
  void theWindowOfHeadersIsBounded() {
    PaperHub still = new PaperHub("hub", 4, 7);
    ClientState state = after(start(), hub.update(10));
    for (long height = 11; height < 11 + TrestleState.WINDOW + 20; height++) {
      RelayHeader header = still.block(12, "" + height, 1, height * 1_000 + 1_699_999_000_000L);
      RelayHeader raised =
          new RelayHeader(
              still.chain,
              height,
              1_700_000_011_000L + height,
              header.parentId(),
              1,
              header.validatorsHash(),
              header.nextValidatorsHash(),
              header.txRoot(),
              header.stateRoot(),
              header.outboxRoot(),
              header.historyRoot(),
              header.lastCommitHash(),
              header.evidenceRoot(),
              header.builder());
      state = after(state, single(still.certified(raised, still.second, 5)));
    }
    assertThat(state.size()).isEqualTo(2 + 2 * TrestleState.WINDOW);
    assertThat(client.timestampAt(state, 11).isAccepted()).isFalse();
    assertThat(client.timestampAt(state, 11 + TrestleState.WINDOW + 19).isAccepted()).isTrue();
  }

  @Test
  void settingsHaveBounds() {
    for (long[] each :
        new long[][] {{0, 0}, {TrestleSettings.MAX_TRUSTING_PERIOD + 1, 0}, {1, -1}, {1, 3_601}}) {
      assertThatThrownBy(() -> new TrestleSettings(hub.chain, each[0], each[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> client.encodeUpdate(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    Bytes step = hub.step(hub.at(9)).encode();
    assertThatThrownBy(
            () -> client.encodeUpdate(LongStream.range(0, 65).mapToObj(i -> step).toList()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(client.encodeUpdate(List.of(step))).isEqualTo(hub.update(9));
  }
}
