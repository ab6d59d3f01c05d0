package dev.trestle.lightclient.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.BlsKeySet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of the sync protocol over every fork, with states that we make ourselves. */
class SyncProtocolTest {
  private static final long NOW = 1_000;

  /** A store with the keys of its committees. */
  private static final class Client {
    final SyncProtocol protocol;
    LightClientStore store;
    final Map<Hash32, BlsKeySet> keys = new TreeMap<>();

    Client(BeaconFixture fixture, Profile profile, long slot) {
      this.protocol = new SyncProtocol(fixture.network, profile);
      LightClientBootstrap bootstrap =
          fixture.bootstrap(slot, fixture.network.forkAt(slot).container());
      store = protocol.bootstrap(bootstrap.header().beacon().root(), bootstrap).orThrow();
      for (long period = 0; period < 6; period++) {
        SyncCommittee committee = fixture.committee(period);
        keys.put(committee.root(), committee.keys());
      }
    }

    Verdict<LightClientUpdate> validate(LightClientUpdate update, long slot) {
      return protocol.validate(store, update, slot, root -> Optional.ofNullable(keys.get(root)));
    }

    void take(BeaconFixture.Plan plan) {
      store = protocol.process(store, validate(plan.build(), NOW).orThrow());
    }

    void refuses(SyncCode code, LightClientUpdate update) {
      assertThat(validate(update, NOW))
          .isInstanceOfSatisfying(
              Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ALTAIR", "BELLATRIX", "CAPELLA", "DENEB", "ELECTRA", "FULU", "GLOAS"})
  void aClientOfEveryForkFollowsFourPeriods(BeaconFork fork) {
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, fork), "four periods");
    Client client = new Client(fixture, Profile.BRIDGE, 8);
    for (long period = 0; period < 4; period++) {
      long start = 64 * period;
      client.take(fixture.plan(start + 30).finalizing(start + 16).withCommittee());
      assertThat(client.store.finalized().beacon().slot()).isEqualTo(start + 16);
      assertThat(client.store.currentCommittee()).isEqualTo(fixture.committee(period).root());
      assertThat(client.store.nextCommittee()).contains(fixture.committee(period + 1).root());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CAPELLA", "DENEB", "ELECTRA", "FULU", "GLOAS"})
  void aForkInTheMiddleOfAPeriodChangesIndicesAndDomains(BeaconFork fork) {
    TreeMap<BeaconFork, Long> epochs = new TreeMap<>();
    for (BeaconFork each : BeaconFork.values()) {
      if (fork.isAtLeast(each)) {
        epochs.put(each, each == fork ? 4L : 0L);
      }
    }
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.network(Preset.MINIMAL, epochs), "boundary");
    Client client = new Client(fixture, Profile.BRIDGE, 8);
    client.take(fixture.plan(24).finalizing(16).withCommittee());
    // Attested in the last slot before the fork, signed in the first one after: the old version.
    client.take(fixture.plan(31).finalizing(20));
    Bytes newVersion = fixture.network.activationAt(4).version();
    Bytes oldVersion = fixture.network.activationAt(3).version();
    client.refuses(
        SyncCode.SIGNATURE, fixture.plan(31).finalizing(22).underVersion(newVersion).build());
    client.refuses(
        SyncCode.SIGNATURE,
        fixture.plan(33).finalizing(24).in(fork).underVersion(oldVersion).build());
    client.take(fixture.plan(33).finalizing(24));
    client.take(fixture.plan(40).finalizing(33).withCommittee());
    client.take(fixture.plan(90).finalizing(80).withCommittee());
    assertThat(client.store.finalized().beacon().slot()).isEqualTo(80);
  }

  @Test
  void headersOfEarlierForksStandInLaterContainers() {
    TreeMap<BeaconFork, Long> epochs = new TreeMap<>();
    for (BeaconFork each : BeaconFork.values()) {
      epochs.put(each, each.isAtLeast(BeaconFork.ELECTRA) ? 4L : 0L);
    }
    epochs.put(BeaconFork.GLOAS, BeaconNetwork.Activation.NEVER);
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.network(Preset.MINIMAL, epochs), "containers");
    Client client = new Client(fixture, Profile.BRIDGE, 8);
    LightClientUpdate padded =
        fixture.plan(24).finalizing(16).withCommittee().in(BeaconFork.ELECTRA).build();
    assertThat(padded.finalityBranch().getFirst()).isEqualTo(Hash32.ZERO);
    assertThat(client.validate(padded, NOW).isAccepted()).isTrue();
    client.refuses(
        SyncCode.FINALITY_BRANCH,
        fixture
            .plan(40)
            .finalizing(24)
            .in(BeaconFork.ELECTRA)
            .build()
            .withFinalized(fixture.header(16, BeaconFork.ELECTRA, "")));
  }

  @ParameterizedTest
  @EnumSource(names = {"BELLATRIX", "CAPELLA", "DENEB", "ELECTRA"})
  void anUpgradedHeaderHasTheExecutionRootOfTheOriginal(BeaconFork fork) {
    BeaconFixture fixture = new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, fork), "upgraded");
    LightClientHeader original = fixture.header(9, fork, "");
    LightClientHeader upgraded = fixture.header(9, BeaconFork.GLOAS, "");
    assertThat(upgraded.form()).isEqualTo(BeaconFork.HeaderForm.BLOCK_HASH);
    assertThat(original.isValid(fixture.network)).isTrue();
    assertThat(upgraded.isValid(fixture.network)).isTrue();
    assertThat(upgraded.executionRoot(fixture.network))
        .isEqualTo(original.executionRoot(fixture.network));
    assertThat(LightClientHeader.decode(upgraded.encode(), upgraded.form())).isEqualTo(upgraded);
  }

  @Test
  void committeesOfOtherPeriodsAreNotAsked() {
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "periods");
    Client client = new Client(fixture, Profile.BRIDGE, 70);
    client.refuses(SyncCode.PERIOD, fixture.plan(130).finalizing(128).build());
    client.refuses(SyncCode.SIGNATURE, fixture.plan(80).finalizing(72).by(0).build());
    client.refuses(SyncCode.SIGNATURE, fixture.plan(80).finalizing(72).by(2).build());
    client.take(fixture.plan(80).finalizing(72).withCommittee());
    client.refuses(SyncCode.SIGNATURE, fixture.plan(130).finalizing(128).by(1).build());
    client.refuses(SyncCode.PERIOD, fixture.plan(200).finalizing(192).build());
    client.refuses(SyncCode.NOT_RELEVANT, fixture.plan(70).finalizing(64).withCommittee().build());
    client.take(fixture.plan(130).finalizing(128).withCommittee());
    client.refuses(SyncCode.PERIOD, fixture.plan(120).finalizing(118).build());
  }

  /** The committee that signs and the one that it brings must belong together. */
  @Test
  void anUpdateAcrossAPeriodBoundaryDoesNotStageTheOldCommitteeAgain() {
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "restage");
    Client client = new Client(fixture, Profile.BRIDGE, 70);
    client.take(fixture.plan(80).finalizing(72).withCommittee());
    // Attested in period 1, signed by the committee of period 2, brings the committee of period 2.
    client.take(fixture.plan(127).finalizing(120).withCommittee().signedAt(129));
    assertThat(client.store.currentCommittee()).isEqualTo(fixture.committee(1).root());
    assertThat(client.store.nextCommittee()).contains(fixture.committee(2).root());
    client.take(fixture.plan(140).finalizing(130).withCommittee());
    assertThat(client.store.currentCommittee()).isEqualTo(fixture.committee(2).root());
    assertThat(client.store.nextCommittee()).contains(fixture.committee(3).root());
  }

  @Test
  void exactlyTwoThirdsAreEnoughForABridgeAndOneSeatForTheSpecification() {
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "thirds");
    Client bridge = new Client(fixture, Profile.BRIDGE, 8);
    Client specification = new Client(fixture, Profile.SPECIFICATION, 8);
    Client strict = new Client(fixture, new Profile(false, true, 900), 8);
    for (int count = 0; count <= 32; count++) {
      LightClientUpdate update =
          count == 0
              ? withoutSigners(fixture)
              : fixture.plan(24).finalizing(16).first(count).build();
      assertThat(bridge.validate(update, NOW).isAccepted()).isEqualTo(count >= 22);
      assertThat(specification.validate(update, NOW).isAccepted()).isEqualTo(count >= 1);
      assertThat(strict.validate(update, NOW).isAccepted()).isEqualTo(count >= 29);
    }
    LightClientStore before = specification.store;
    LightClientUpdate few = fixture.plan(24).finalizing(16).first(21).build();
    LightClientStore after = specification.protocol.process(before, few);
    assertThat(after.finalized()).isEqualTo(before.finalized());
    assertThat(after.optimistic()).isEqualTo(few.attested());
    assertThat(after.bestValidUpdate()).contains(few);
  }

  private static LightClientUpdate withoutSigners(BeaconFixture fixture) {
    LightClientUpdate good = fixture.plan(24).finalizing(16).build();
    return new LightClientUpdate(
        good.attested(),
        good.nextCommittee(),
        good.nextCommitteeBranch(),
        good.finalized(),
        good.finalityBranch(),
        new SyncAggregate(Bytes.wrap(new byte[4]), good.aggregate().signature()),
        good.signatureSlot());
  }

  @Test
  void aBridgeNeverTakesWhatIsNotFinal() {
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "force");
    Client bridge = new Client(fixture, Profile.BRIDGE, 8);
    Client specification = new Client(fixture, Profile.SPECIFICATION, 8);
    bridge.take(fixture.plan(24).withCommittee());
    specification.take(fixture.plan(24).withCommittee());
    assertThat(specification.protocol.forceUpdate(specification.store, 72))
        .isEqualTo(specification.store);
    LightClientStore forced = specification.protocol.forceUpdate(specification.store, 73);
    assertThat(forced.finalized().beacon().slot()).isEqualTo(24);
    assertThat(bridge.protocol.forceUpdate(bridge.store, 1_000_000)).isEqualTo(bridge.store);
  }

  @Test
  void bootstrapsAreBoundToTheTrustedRoot() {
    BeaconFixture fixture =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "bootstrap");
    SyncProtocol protocol = new SyncProtocol(fixture.network, Profile.BRIDGE);
    LightClientBootstrap good = fixture.bootstrap(8, BeaconFork.ELECTRA);
    Hash32 root = good.header().beacon().root();
    assertThat(protocol.bootstrap(root, good).isAccepted()).isTrue();
    refused(SyncCode.TRUSTED_ROOT, protocol.bootstrap(Hash32.ZERO, good));
    LightClientBootstrap otherCommittee =
        new LightClientBootstrap(good.header(), fixture.committee(1), good.committeeBranch());
    refused(SyncCode.CURRENT_COMMITTEE_BRANCH, protocol.bootstrap(root, otherCommittee));
    LightClientHeader.PayloadHeader header = (LightClientHeader.PayloadHeader) good.header();
    LightClientHeader otherPayload =
        new LightClientHeader.PayloadHeader(
            header.beacon(), fixture.payload(9), header.branch(), true);
    refused(
        SyncCode.BOOTSTRAP_HEADER,
        protocol.bootstrap(
            root,
            new LightClientBootstrap(otherPayload, good.committee(), good.committeeBranch())));
  }

  private static void refused(SyncCode code, Verdict<LightClientStore> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }
}
