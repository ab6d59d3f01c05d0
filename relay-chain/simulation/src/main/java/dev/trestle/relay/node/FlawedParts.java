package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Parts of a node as they are, or with a {@link NodeFlaw}. */
final class FlawedParts {
  /** Of a log's files: small, so that a run has many. */
  private static final int SEGMENT_BYTES = 8 << 10;

  private FlawedParts() {}

  static ValidatorParts open(
      SimulatedNode.Identity identity,
      NodeConfig.Role.Validator role,
      Path dataDir,
      RocksStore store) {
    SecretKey key = identity.key().map(Supplier::get).orElseThrow();
    Path log = NodeFiles.writeAheadLog(dataDir);
    return identity.flaw() == NodeFlaw.GUARD_FORGOTTEN
        ? unguarded(role, key, log, store)
        : ValidatorParts.open(role, key, log, SEGMENT_BYTES, store);
  }

  /** {@link NodeFlaw#GUARD_FORGOTTEN}: neither guard nor store nor log are compared. */
  private static ValidatorParts unguarded(
      NodeConfig.Role.Validator role, SecretKey key, Path directory, RocksStore store) {
    Path file = NodeFiles.signGuard(role.keyFile());
    try {
      boolean _ = Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot forget the guard", e);
    }
    SignGuardFile guard = SignGuardFile.create(file, GuardState.FRESH.encode());
    WriteAheadLog.Recovery recovery = WriteAheadLog.open(directory, SEGMENT_BYTES);
    GuardedSigner signer = new GuardedSigner(key, guard, recovery.log()::nextLsn);
    recovery.log().acknowledgeDamage();
    List<DurableRecord> records =
        recovery.records().stream()
            .map(each -> DurableRecord.decode(each.payload()).orThrow())
            .toList();
    RecoveredHeight recovered = RecoveredHeight.recover(records);
    return new ValidatorParts(
        signer,
        recovery.log(),
        recovered.height() <= store.head() ? RecoveredHeight.NONE : recovered);
  }

  /** {@link NodeFlaw#CERTIFICATE_UNCHECKED}. */
  static final class Credulous extends ChainExecutor {
    Credulous(Genesis genesis, StateMachine machine, RocksStore store, LongSupplier guard) {
      super(genesis, machine, store, guard);
    }

    @Override
    Verdict<Block> checkDecided(Block block, CommitCertificate certificate) {
      return block.header().parentId().equals(head().id())
          ? Verdict.accept(block)
          : Verdict.reject(NodeReason.BAD_BLOCK, "it does not follow the head");
    }
  }
}
