package dev.trestle.lightclient.ethereum.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientStore;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.Profile;
import dev.trestle.lightclient.ethereum.SyncCode;
import dev.trestle.lightclient.ethereum.SyncProtocol;
import dev.trestle.lightclient.ethereum.SyncRules;
import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Negative control: rules with one bug each; the vectors must notice every one of them. */
class SeededBugsTest {
  private static final Path FOLDER =
      Path.of("src", "test", "resources", "vectors", "ethereum-lc", "synthetic-minimal");
  private static final Path MAINNET =
      Path.of("src", "test", "resources", "vectors", "ethereum-lc", "mainnet");

  /** Rules that pass everything on; bugs override. */
  private static class Delegate implements SyncRules {
    final SyncProtocol right;

    Delegate(BeaconNetwork network) {
      right = new SyncProtocol(network, Profile.SPECIFICATION);
    }

    @Override
    public Verdict<LightClientStore> bootstrap(Hash32 trustedRoot, LightClientBootstrap bootstrap) {
      return right.bootstrap(trustedRoot, bootstrap);
    }

    @Override
    public Verdict<LightClientUpdate> validate(
        LightClientStore store, LightClientUpdate update, long currentSlot, CommitteeKeys keys) {
      return right.validate(store, update, currentSlot, keys);
    }

    @Override
    public LightClientStore process(LightClientStore store, LightClientUpdate update) {
      return right.process(store, update);
    }

    @Override
    public LightClientStore forceUpdate(LightClientStore store, long currentSlot) {
      return right.forceUpdate(store, currentSlot);
    }
  }

  /** A check is missing. */
  private static SyncRules without(BeaconNetwork network, SyncCode code) {
    return new Delegate(network) {
      @Override
      public Verdict<LightClientUpdate> validate(
          LightClientStore store, LightClientUpdate update, long currentSlot, CommitteeKeys keys) {
        Verdict<LightClientUpdate> verdict = right.validate(store, update, currentSlot, keys);
        return verdict instanceof Verdict.Rejected<LightClientUpdate> rejected
                && rejected.reason() == code
            ? Verdict.accept(update)
            : verdict;
      }
    };
  }

  /** Finality is applied one signature too late. */
  private static SyncRules strictlyMore(BeaconNetwork network) {
    return new Delegate(network) {
      @Override
      public LightClientStore process(LightClientStore store, LightClientUpdate update) {
        int signers = update.aggregate().participants();
        int seats = 8 * update.aggregate().bits().size();
        LightClientStore next = right.process(store, update);
        return 3 * (signers - 1) >= 2 * seats
            ? next
            : new LightClientStore(
                store.finalized(),
                store.currentCommittee(),
                store.nextCommittee(),
                next.bestValidUpdate(),
                next.optimistic(),
                next.previousMaxParticipants(),
                next.currentMaxParticipants());
      }
    };
  }

  /** The optimistic head follows every update, however few signed it. */
  private static SyncRules eager(BeaconNetwork network) {
    return new Delegate(network) {
      @Override
      public LightClientStore process(LightClientStore store, LightClientUpdate update) {
        LightClientStore next = right.process(store, update);
        return update.attested().beacon().slot() > next.optimistic().beacon().slot()
            ? new LightClientStore(
                next.finalized(),
                next.currentCommittee(),
                next.nextCommittee(),
                next.bestValidUpdate(),
                update.attested(),
                next.previousMaxParticipants(),
                next.currentMaxParticipants())
            : next;
      }
    };
  }

  /** The last fork of the schedule is not known: old indices, old domain. */
  private static SyncRules outdated(BeaconNetwork network) {
    List<BeaconNetwork.Activation> forks = network.forks();
    boolean several = forks.getLast().epoch() > 0;
    return new Delegate(
        new BeaconNetwork(
            network.preset(),
            network.genesisValidatorsRoot(),
            several ? forks.subList(0, forks.size() - 1) : forks,
            0,
            12));
  }

  /** The fork version is that of the signature slot and not of the slot before. */
  private static SyncRules slotLate(BeaconNetwork network) {
    List<BeaconNetwork.Activation> shifted = new ArrayList<>();
    for (BeaconNetwork.Activation each : network.forks()) {
      boolean electra = each.fork() == BeaconFork.ELECTRA && each.epoch() > 0;
      shifted.add(
          electra
              ? new BeaconNetwork.Activation(each.fork(), each.epoch() - 1, each.version())
              : each);
    }
    return new Delegate(
        new BeaconNetwork(network.preset(), network.genesisValidatorsRoot(), shifted, 0, 12));
  }

  private static long mismatches(Function<BeaconNetwork, SyncRules> rules) {
    VectorVerifier verifier = new VectorVerifier(List.of(new EthereumLcVectors(rules)));
    long count = 0;
    for (Path folder : List.of(FOLDER, MAINNET)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path path : files.filter(each -> each.toString().endsWith(".json")).toList()) {
          if (verifier.verify(file(path)) instanceof FileReport.Judged(List<CaseResult> results)) {
            count += results.stream().filter(each -> !each.match()).count();
          }
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return count;
  }

  private static VectorFile file(Path path) throws IOException {
    return new VectorFile(
        path.toString(),
        dev.trestle.base.Bytes.wrap(Files.readAllBytes(path)),
        name -> Optional.empty());
  }

  @Test
  void theRightRulesHaveNoMismatch() {
    assertThat(mismatches(Delegate::new)).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "PARTICIPANTS",
        "ATTESTED_HEADER",
        "SLOT_ORDER",
        "PERIOD",
        "FINALIZED_HEADER_NOT_EMPTY",
        "FINALIZED_HEADER",
        "FINALITY_BRANCH",
        "NEXT_COMMITTEE_NOT_EMPTY",
        "NEXT_COMMITTEE_BRANCH",
        "SIGNATURE"
      })
  void aMissingCheckIsNoticed(SyncCode code) {
    assertThat(mismatches(network -> without(network, code))).isPositive();
  }

  @Test
  void otherBugsAreNoticed() {
    assertThat(mismatches(SeededBugsTest::strictlyMore)).isPositive();
    assertThat(mismatches(SeededBugsTest::eager)).isPositive();
    assertThat(mismatches(SeededBugsTest::outdated)).isPositive();
    assertThat(mismatches(SeededBugsTest::slotLate)).isPositive();
  }
}
