package dev.trestle.lightclient.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.evm.EvmFixture;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the contract does not ask: every fork, forced updates, the ring of final blocks. */
class EthereumClientTest {
  private static final long NOW = BeaconFixture.GENESIS_TIME + 12 * 400;

  private final LightClient client = new EthereumFamily().client();

  private static Budget budget() {
    return new Budget(1L << 40);
  }

  private ClientState start(BeaconFixture chain, Profile profile) {
    Bytes anchor = chain.anchor(8, profile, 1_000_000).encode();
    return ClientState.EMPTY.with(client.initialize(anchor, budget()).orThrow());
  }

  private Verdict<VerifiedUpdate> verify(ClientState state, Bytes message, long slot) {
    return client.verify(state, message, budget(), BeaconFixture.GENESIS_TIME + 12 * slot);
  }

  private ClientState take(ClientState state, Bytes message, long slot) {
    return state.with(client.apply(state, verify(state, message, slot).orThrow()));
  }

  private static void refused(ReasonCode code, Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }

  @ParameterizedTest
  @EnumSource(names = {"CAPELLA", "DENEB", "ELECTRA", "FULU", "GLOAS"})
  void everyForkProvesStateUnderWhatItHoldsFinal(BeaconFork fork) {
    BeaconFixture chain = new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, fork), "state");
    ClientState state = start(chain, Profile.BRIDGE);
    for (long period = 0; period < 3; period++) {
      long slot = 64 * period;
      state =
          take(state, chain.plan(slot + 30).finalizing(slot + 16).withCommittee().message(), 400);
      long number = chain.number(slot + 16);
      assertThat(client.latest(state).height()).isEqualTo(number);
      assertThat(client.latest(state).id()).isEqualTo(chain.blockHash(slot + 16));
      EvmFixture world = chain.execution.world;
      assertThat(client.membership(state, world.logClaim(number, number, 2, 1), budget()))
          .matches(Verdict::isAccepted);
      assertThat(client.membership(state, world.storageClaim(number, number - 3), budget()))
          .matches(Verdict::isAccepted);
      assertThat(client.timestampAt(state, number).orThrow())
          .isEqualTo(chain.execution.timestamp(number));
    }
    // Settings, store, two committees, and three records for each of four final blocks.
    assertThat(state.size()).isEqualTo(4 + 3 * 4);
  }

  @Test
  void fromGloasOnTheExecutionHeaderMustBeTheOneThatIsNamed() {
    BeaconFixture chain =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.GLOAS), "named");
    ClientState state = start(chain, Profile.BRIDGE);
    EthereumMessage good =
        EthereumMessage.decode(chain.plan(30).finalizing(16).message(), Preset.MINIMAL);
    Bytes wrong = chain.execution.header(chain.number(17));
    refused(SyncCode.EXECUTION_HEADER, verify(state, with(good, Optional.empty()), 400));
    refused(SyncCode.EXECUTION_HEADER, verify(state, with(good, Optional.of(wrong)), 400));
    refused(
        RejectionCode.MALFORMED, verify(state, with(good, Optional.of(Bytes.fromHex("c0"))), 400));
    assertThat(verify(state, good.encode(), 400).isAccepted()).isTrue();
  }

  private static Bytes with(EthereumMessage message, Optional<Bytes> header) {
    return new EthereumMessage(message.kind(), message.container(), message.ssz(), header).encode();
  }

  @Test
  void beforeGloasAnExecutionHeaderIsNotTaken() {
    BeaconFixture chain =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "named");
    ClientState state = start(chain, Profile.BRIDGE);
    EthereumMessage good =
        EthereumMessage.decode(chain.plan(30).finalizing(16).message(), Preset.MINIMAL);
    Bytes header = chain.execution.header(chain.number(16));
    refused(SyncCode.EXECUTION_HEADER, verify(state, with(good, Optional.of(header)), 400));
  }

  /** The specification's own profile has them, as its vectors show; no anchor has that profile. */
  @Test
  void forcedUpdatesAreNeverTaken() {
    BeaconFixture chain =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "force");
    Bytes force = Bytes.fromHex("0104050000000000"); // kind 4, Electra, nothing else
    Bytes notFinal = chain.plan(30).withCommittee().message();
    ClientState bridge = take(start(chain, Profile.BRIDGE), notFinal, 40);
    refused(RejectionCode.MALFORMED, verify(bridge, force, 1_000));
  }

  @Test
  void optimisticUpdatesMoveNothingThatProves() {
    BeaconFixture chain =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "optimistic");
    ClientState state = start(chain, Profile.BRIDGE);
    Bytes ssz = chain.plan(30).build().encode(LightClientUpdate.Kind.OPTIMISTIC);
    Bytes message =
        EthereumMessage.of(EthereumMessage.Kind.OPTIMISTIC, BeaconFork.FULU, ssz).encode();
    ClientState next = take(state, message, 40);
    assertThat(client.latest(next)).isEqualTo(client.latest(state));
    assertThat(verify(next, message, 40)).isInstanceOf(Verdict.Ignored.class);
  }

  @Test
  void clientsWithoutFinalityExpire() {
    BeaconFixture chain =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "expiry");
    ClientState state = start(chain, Profile.BRIDGE);
    long anchored = BeaconFixture.GENESIS_TIME + 12 * 8;
    assertThat(client.status(state, 0)).isEqualTo(ClientStatus.ACTIVE);
    assertThat(client.status(state, anchored + 600_000)).isEqualTo(ClientStatus.ACTIVE);
    assertThat(client.status(state, anchored + 700_000)).isEqualTo(ClientStatus.EXPIRING);
    assertThat(client.status(state, anchored + 1_000_001)).isEqualTo(ClientStatus.EXPIRED);
    assertThat(client.status(ClientState.EMPTY, NOW)).isEqualTo(ClientStatus.EXPIRED);
    // An optimistic head that moves does not keep a client alive.
    Bytes ssz = chain.plan(30).build().encode(LightClientUpdate.Kind.OPTIMISTIC);
    Bytes message =
        EthereumMessage.of(EthereumMessage.Kind.OPTIMISTIC, BeaconFork.ELECTRA, ssz).encode();
    assertThat(client.status(take(state, message, 40), anchored + 1_000_001))
        .isEqualTo(ClientStatus.EXPIRED);
  }
}
