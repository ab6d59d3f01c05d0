package dev.trestle.relay.ledger;

import dev.trestle.base.CanonicalReader;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.ConvictionRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;

/**
 * Who certifies blocks. Sets change only at the boundary of an epoch: after a block whose height is
 * a multiple of the genesis' {@code epochBlocks}, which the old set certifies and whose header
 * names the new one. New members have to be at work by then; convicted ones are left out.
 */
final class Validators {
  private Validators() {}

  /** The set that governance wants next; an older wish is forgotten. */
  static void plan(Execution x, List<Genesis.Validator> members) {
    ValidatorsRecord current = x.view().validators();
    ValidatorsRecord planned =
        new ValidatorsRecord(
            Math.addExact(current.epoch(), 1), Math.addExact(x.block().height(), 1), members);
    x.put(StateKeys.plannedValidators(), planned.encode());
  }

  static Outcome ready(Execution x, PublicKey sender, TransactionBody.ValidatorReady body) {
    Optional<ValidatorsRecord> planned = x.view().plannedValidators();
    boolean expected =
        planned.isPresent()
            && planned.get().members().stream().anyMatch(each -> each.key().equals(sender));
    if (!expected) {
      return Outcome.refuse(LedgerCode.NOT_PLANNED_VALIDATOR, sender.evmAddress().toString());
    }
    long height = x.block().height();
    if (body.height() >= height
        || body.height() < height - TransactionBody.ValidatorReady.MAX_AGE) {
      return Outcome.refuse(LedgerCode.STALE_HEIGHT, "height " + body.height() + " at " + height);
    }
    x.putNumber(StateKeys.ready(sender.evmAddress()), height);
    x.emit(new LedgerEvent.ValidatorIsReady(sender, height));
    return Outcome.APPLIED;
  }

  /** Records what evidence in the block shows. */
  static void convict(Execution x) {
    for (BlockContext.Fault fault : x.block().faults()) {
      if (x.view().conviction(fault.validator()).isEmpty()) {
        x.put(
            StateKeys.convicted(fault.validator()),
            new ConvictionRecord(fault.height(), x.block().height()).encode());
        x.emit(new LedgerEvent.ValidatorConvicted(fault.validator().bytes(), fault.height()));
      }
    }
  }

  /** The end of a block: at a boundary the next set takes over, if there is another one. */
  static void endOfBlock(Execution x) {
    if (x.view().value(StateKeys.previousValidators()).isPresent()) {
      x.overlay().delete(StateKeys.previousValidators()); // they certified the block before
    }
    if (x.block().height() % x.genesis().parameters().epochBlocks() != 0) {
      return;
    }
    ValidatorsRecord current = x.view().validators();
    Optional<ValidatorsRecord> planned =
        x.view().plannedValidators().filter(each -> areReady(x, current, each));
    List<Genesis.Validator> next =
        without(x, planned.map(ValidatorsRecord::members).orElse(current.members()));
    planned.ifPresent(done -> clearPlan(x, done));
    if (next.equals(current.members())) {
      return;
    }
    if (keys(next).equals(keys(current.members()))) {
      // who signs has not changed, only over which certificates they speak: no new epoch
      x.put(
          StateKeys.validators(),
          new ValidatorsRecord(current.epoch(), current.since(), next).encode());
      return;
    }
    ValidatorsRecord record =
        new ValidatorsRecord(
            Math.addExact(current.epoch(), 1), Math.addExact(x.block().height(), 1), next);
    x.put(StateKeys.previousValidators(), current.encode());
    x.put(StateKeys.validators(), record.encode());
    x.emit(new LedgerEvent.ValidatorsChanged(record.epoch(), record.since(), next.size()));
  }

  static List<PublicKey> keys(List<Genesis.Validator> members) {
    return members.stream().map(Genesis.Validator::key).toList();
  }

  /** Whether each member that does not certify already was at work lately. */
  private static boolean areReady(Execution x, ValidatorsRecord current, ValidatorsRecord planned) {
    for (Genesis.Validator each : planned.members()) {
      boolean isNew = current.members().stream().noneMatch(old -> old.key().equals(each.key()));
      if (isNew && x.block().height() - readyAt(x, each) > TransactionBody.ValidatorReady.MAX_AGE) {
        return false;
      }
    }
    return true;
  }

  private static long readyAt(Execution x, Genesis.Validator validator) {
    return x.view()
        .value(StateKeys.ready(validator.key().evmAddress()))
        .map(value -> CanonicalReader.decode(value, CanonicalReader::u64))
        .orElse(Long.MIN_VALUE / 2);
  }

  private static void clearPlan(Execution x, ValidatorsRecord planned) {
    x.overlay().delete(StateKeys.plannedValidators());
    for (Genesis.Validator each : planned.members()) {
      x.overlay().delete(StateKeys.ready(each.key().evmAddress()));
    }
  }

  /** The members that are not convicted, unless too few would be left to tolerate a fault. */
  private static List<Genesis.Validator> without(Execution x, List<Genesis.Validator> members) {
    List<Genesis.Validator> honest =
        members.stream()
            .filter(each -> x.view().conviction(each.key().evmAddress()).isEmpty())
            .toList();
    return honest.size() < Genesis.MIN_MEMBERS ? members : honest;
  }
}
