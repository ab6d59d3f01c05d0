package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.RecoveredHeight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a validator has beyond a follower, opened and checked against the store: key, sign guard and
 * write-ahead log.
 *
 * @param recovered what the log says about the height after the store's head
 */
record ValidatorParts(GuardedSigner signer, WriteAheadLog log, RecoveredHeight recovered) {

  /**
   * @throws TrestleException {@link NodeReason#GUARD_MISSING} or {@link
   *     NodeReason#GUARD_ROLLED_BACK}: then this key must not sign here
   */
  static ValidatorParts open(
      NodeConfig.Role.Validator role, SecretKey key, Path logDirectory, RocksStore store) {
    return open(role, key, logDirectory, WriteAheadLog.SEGMENT_BYTES, store);
  }

  /**
   * As {@link #open(NodeConfig.Role.Validator, SecretKey, Path, RocksStore)}.
   *
   * @param segmentBytes of the log's files
   */
  static ValidatorParts open(
      NodeConfig.Role.Validator role,
      SecretKey key,
      Path logDirectory,
      int segmentBytes,
      RocksStore store) {
    SignGuardFile guard = openGuard(role);
    if (guard.sequence() < store.guardSequence()) {
      guard.close();
      throw new TrestleException(
          NodeReason.GUARD_ROLLED_BACK,
          "the sign guard is older than the block store: restored from a backup?");
    }
    WriteAheadLog.Recovery recovery = WriteAheadLog.open(logDirectory, segmentBytes);
    WriteAheadLog log = recovery.log();
    GuardedSigner signer = new GuardedSigner(key, guard, log::forcedLsn);
    List<DurableRecord> records = new ArrayList<>();
    boolean whole = !recovery.damaged() && decodeAll(recovery.records(), records);
    // a log shorter than when the guard was last written has lost records, whatever it looks like
    if (!whole || log.nextLsn() < signer.state().logNext()) {
      long forgotten = Math.max(store.head() + 1, signer.state().height());
      signer.abstainThrough(forgotten, "the write-ahead log is damaged or incomplete");
      log.acknowledgeDamage();
      return new ValidatorParts(signer, log, RecoveredHeight.NONE);
    }
    if (store.lowest() > 1 && store.lowest() == store.head() && signer.state().last().isEmpty()) {
      // straight from a snapshot, with a guard that knows nothing of a former life of the key
      signer.abstainThrough(store.head() + 1, "the guard is new and blocks were skipped");
    }
    RecoveredHeight recovered = RecoveredHeight.recover(records);
    return new ValidatorParts(
        signer, log, recovered.height() <= store.head() ? RecoveredHeight.NONE : recovered);
  }

  private static SignGuardFile openGuard(NodeConfig.Role.Validator role) {
    Path file = NodeFiles.signGuard(role.keyFile());
    return role.newValidator() && !Files.exists(file)
        ? SignGuardFile.create(file, GuardState.FRESH.encode())
        : SignGuardFile.open(file);
  }

  private static boolean decodeAll(List<WalRecord> stored, List<DurableRecord> into) {
    for (WalRecord each : stored) {
      if (each.type() != ConsensusDriver.RECORD
          || !(DurableRecord.decode(each.payload())
              instanceof Verdict.Accepted<DurableRecord>(DurableRecord record))) {
        return false;
      }
      into.add(record);
    }
    return true;
  }

  void close() {
    log.close();
    signer.close();
  }
}
