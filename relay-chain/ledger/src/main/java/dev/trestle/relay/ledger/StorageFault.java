package dev.trestle.relay.ledger;

import dev.trestle.base.TrestleException;

/**
 * The store failed while a block ran. Kept apart from faults of family code: those refuse an input
 * on every node alike, this one must stop the node that has it.
 */
final class StorageFault extends TrestleException {
  StorageFault(RuntimeException cause) {
    super(LedgerCode.STORAGE_FAILED, "the state cannot be read", cause);
  }
}
