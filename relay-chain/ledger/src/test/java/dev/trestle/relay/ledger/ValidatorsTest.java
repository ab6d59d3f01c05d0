package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Changes of the validator set at the boundaries of epochs. */
class ValidatorsTest {
  private final Hub hub = new Hub();
  private final List<SecretKey> added = Hub.keys("added", 3);

  private static List<Genesis.Validator> set(List<SecretKey> keys) {
    return keys.stream()
        .map(SecretKey::publicKey)
        .sorted(Comparator.comparing(key -> key.evmAddress()))
        .map(key -> new Genesis.Validator(key, Hash32.ZERO))
        .toList();
  }

  private List<SecretKey> seven() {
    List<SecretKey> all = new ArrayList<>(hub.validators);
    all.addAll(added);
    return all;
  }

  private long height() {
    return hub.ledger.head().height();
  }

  private String ready(SecretKey key, long seen) {
    return hub.send(key, new TransactionBody.ValidatorReady(seen)).code();
  }

  /** Empty blocks up to and including the next boundary; the change that they bring. */
  private Optional<List<Genesis.Validator>> toBoundary() {
    Optional<List<Genesis.Validator>> change = Optional.empty();
    do {
      assertThat(change).as("within an epoch").isEmpty();
      change = hub.block().nextValidators();
    } while (height() % Hub.EPOCH_BLOCKS != 0);
    return change;
  }

  private BlockContext.Fault fault(SecretKey key) {
    return new BlockContext.Fault(key.publicKey().evmAddress(), Math.max(1, height()));
  }

  @Test
  void growsFromFourToSevenAndBack() {
    assertThat(hub.view().validators().members()).isEqualTo(hub.genesis.validators());
    hub.decide(new GovernanceAction.SetValidators(set(seven())));
    assertThat(toBoundary()).as("nobody is ready").isEmpty();
    for (SecretKey key : added) {
      assertThat(ready(key, height())).isEqualTo("ok");
    }
    Optional<List<Genesis.Validator>> change = toBoundary();
    assertThat(change).contains(set(seven()));
    ValidatorsRecord now = hub.view().validators();
    assertThat(now.epoch()).isEqualTo(1);
    assertThat(now.since()).isEqualTo(height() + 1);
    assertThat(now.members()).isEqualTo(set(seven()));
    assertThat(hub.view().previousValidators().orElseThrow().members())
        .isEqualTo(hub.genesis.validators());
    assertThat(hub.view().plannedValidators()).isEmpty();
    hub.block();
    assertThat(hub.view().previousValidators()).isEmpty();

    // those that are in already need not show that they are at work
    hub.decide(new GovernanceAction.SetValidators(set(hub.validators)));
    assertThat(toBoundary()).contains(hub.genesis.validators());
    assertThat(hub.view().validators().epoch()).isEqualTo(2);
    assertThat(toBoundary()).isEmpty();
  }

  @Test
  void oneThatIsNotAtWorkKeepsTheOldSet() {
    hub.decide(new GovernanceAction.SetValidators(set(seven())));
    assertThat(ready(added.get(0), height())).isEqualTo("ok");
    assertThat(ready(added.get(1), height())).isEqualTo("ok");
    assertThat(toBoundary()).isEmpty();
    assertThat(ready(hub.user, height())).isEqualTo("not-planned-validator");
    long stale = height() - TransactionBody.ValidatorReady.MAX_AGE;
    assertThat(ready(added.get(2), Math.max(0, stale - 1)))
        .isEqualTo(stale > 0 ? "stale-height" : "ok");
    assertThat(ready(added.get(2), height() + 1)).isEqualTo("stale-height");
  }

  @Test
  void readinessWearsOff() {
    hub.decide(new GovernanceAction.SetValidators(set(seven())));
    for (SecretKey key : added.subList(0, 2)) {
      ready(key, height());
    }
    for (int i = 0; i <= TransactionBody.ValidatorReady.MAX_AGE; i++) {
      hub.block();
    }
    ready(added.get(2), height());
    assertThat(toBoundary()).isEmpty();
    for (SecretKey key : added.subList(0, 2)) {
      ready(key, height());
    }
    assertThat(toBoundary()).isPresent();
  }

  @Test
  void aValidatorThatContradictsItselfIsOutAtTheNextEpoch() {
    hub.decide(new GovernanceAction.SetValidators(set(seven())));
    added.forEach(key -> ready(key, height()));
    toBoundary();
    BlockContext.Fault fault = fault(hub.validators.getFirst());
    BlockResult block = hub.block(List.of(fault, fault));
    assertThat(block.events())
        .containsExactly(
            new LedgerEvent.ValidatorConvicted(fault.validator().bytes(), fault.height()));
    assertThat(block.nextValidators()).isEmpty();
    List<SecretKey> rest = new ArrayList<>(seven());
    rest.remove(hub.validators.getFirst());
    assertThat(toBoundary()).contains(set(rest));
    // and does not come back
    Receipt again =
        hub.send(
            hub.governance.getFirst(),
            new TransactionBody.Propose(new GovernanceAction.SetValidators(set(seven()))));
    assertThat(again.code()).isEqualTo("convicted-validator");
    assertThat(hub.block(List.of(fault)).events()).as("recorded once").isEmpty();
  }

  /** The addresses in headers stay the same, so the epoch of headers does, and so must this one. */
  @Test
  void newCertificatesAreNoNewEpoch() {
    List<Genesis.Validator> changed =
        hub.genesis.validators().stream()
            .map(each -> new Genesis.Validator(each.key(), Hash32.fromHex("77".repeat(32))))
            .toList();
    hub.decide(new GovernanceAction.SetValidators(changed));
    ValidatorsRecord before = hub.view().validators();
    assertThat(toBoundary()).contains(changed);
    assertThat(hub.view().validators())
        .isEqualTo(new ValidatorsRecord(before.epoch(), before.since(), changed));
    assertThat(hub.view().previousValidators()).isEmpty();
    assertThat(hub.view().plannedValidators()).isEmpty();
  }

  /**
   * With three left not even one may fail: the fault is recorded, governance has to add another.
   */
  @Test
  void fourStayFour() {
    hub.block(List.of(fault(hub.validators.get(1))));
    assertThat(toBoundary()).isEmpty();
    assertThat(hub.view().validators().members()).hasSize(4);
    List<SecretKey> replaced = new ArrayList<>(hub.validators);
    replaced.set(1, added.getFirst());
    hub.decide(new GovernanceAction.SetValidators(set(replaced)));
    ready(added.getFirst(), height());
    assertThat(toBoundary()).contains(set(replaced));
  }

  /** Convicted between the decision and the boundary. */
  @Test
  void aPlannedSetLosesItsConvictedMembers() {
    hub.decide(new GovernanceAction.SetValidators(set(seven())));
    added.forEach(key -> ready(key, height()));
    hub.block(List.of(fault(added.get(1))));
    List<SecretKey> rest = new ArrayList<>(seven());
    rest.remove(added.get(1));
    assertThat(toBoundary()).contains(set(rest));
  }
}
