package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.StateReader.Entry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {
  @TempDir Path temp;

  private static final Rotation ROTATION = Chains.genesis().rotation();
  private static final TransactionRecord RECORD =
      new TransactionRecord(Digests.sha256(Bytes.utf8("tx")), 1, 3, Receipt.Outcome.APPLIED, "ok");

  private static Batch batch(Map<String, Optional<String>> writes) {
    TreeMap<Bytes, Optional<Bytes>> all = new TreeMap<>();
    writes.forEach((key, value) -> all.put(Bytes.utf8(key), value.map(Bytes::utf8)));
    return new Batch(all);
  }

  private static RocksStore.Decided first() {
    Block block = Chains.block(Chains.genesis(), Optional.empty(), 2_000);
    CommitCertificate certificate = Chains.certify(block);
    MerkleFrontier history = MerkleFrontier.EMPTY.append(block.id().bytes());
    return new RocksStore.Decided(
        block, certificate, List.of(RECORD), List.of(), history, ROTATION, Optional.empty(), 42);
  }

  @Test
  void aBlockAndItsStateAreThereTogetherAfterReopening() {
    RocksStore.Decided decided = first();
    try (RocksStore store = RocksStore.open(temp, Chains.CHAIN)) {
      assertThat(store.head()).isZero();
      store.store(decided, () -> store.state().apply(batch(Map.of("a", Optional.of("1")))));
    }
    try (RocksStore store = RocksStore.open(temp, Chains.CHAIN)) {
      assertThat(store.head()).isEqualTo(1);
      assertThat(store.block(1)).contains(decided.block());
      assertThat(store.certificate(1)).contains(decided.certificate());
      assertThat(store.heightOf(decided.block().id())).contains(1L);
      assertThat(store.transaction(RECORD.id())).contains(RECORD);
      assertThat(store.history()).isEqualTo(decided.history());
      assertThat(store.guardSequence()).isEqualTo(42);
      assertThat(store.rotation()).contains(ROTATION);
      assertThat(store.state().get(Bytes.utf8("a"))).contains(Bytes.utf8("1"));
      assertThat(store.block(2)).isEmpty();
      assertThat(store.outbox(1)).isEmpty();
    }
  }

  @Test
  void nothingIsStoredWhenTheLedgerFails() {
    try (RocksStore store = RocksStore.open(temp, Chains.CHAIN)) {
      assertThatThrownBy(
              () ->
                  store.store(
                      first(),
                      () -> {
                        throw new IllegalStateException("the ledger refuses");
                      }))
          .hasMessage("the ledger refuses");
      assertThat(store.head()).isZero();
      // what was staged does not go out with a later batch
      store.state().apply(batch(Map.of("b", Optional.of("2"))));
      assertThat(store.head()).isZero();
      assertThatThrownBy(() -> store.store(first(), () -> {}))
          .isInstanceOf(IllegalStateException.class);
      assertThat(store.head()).isZero();
    }
  }

  @Test
  void heightsFollowEachOther() {
    try (RocksStore store = RocksStore.open(temp, Chains.CHAIN)) {
      store.store(first(), () -> store.state().apply(batch(Map.of())));
      assertThatThrownBy(() -> store.store(first(), () -> store.state().apply(batch(Map.of()))))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void scansAreOrderedBoundedAndSeeDeletions() {
    try (RocksStore store = RocksStore.open(temp, Chains.CHAIN)) {
      store
          .state()
          .apply(
              batch(
                  Map.of(
                      "k1", Optional.of("1"),
                      "k2", Optional.of("2"),
                      "k3", Optional.of("3"),
                      "l", Optional.of("x"),
                      "j", Optional.of("y"))));
      Bytes prefix = Bytes.utf8("k");
      assertThat(store.state().scan(prefix, Bytes.EMPTY, 10))
          .extracting(Entry::key)
          .containsExactly(Bytes.utf8("k1"), Bytes.utf8("k2"), Bytes.utf8("k3"));
      assertThat(store.state().scan(prefix, Bytes.utf8("k1"), 1))
          .containsExactly(new Entry(Bytes.utf8("k2"), Bytes.utf8("2")));
      store.state().apply(batch(Map.of("k2", Optional.empty())));
      assertThat(store.state().scan(prefix, Bytes.utf8("k1"), 10))
          .extracting(Entry::key)
          .containsExactly(Bytes.utf8("k3"));
      assertThat(store.state().scan(prefix, Bytes.utf8("k3"), 10)).isEmpty();
    }
  }

  @Test
  void anotherChainsFolderIsRefused() {
    RocksStore.open(temp, Chains.CHAIN).close();
    assertThatThrownBy(() -> RocksStore.open(temp, Hash32.fromHex("ab".repeat(32))))
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.WRONG_CHAIN));
    RocksStore.open(temp, Chains.CHAIN).close();
  }

  @Test
  void aClosedStoreRefusesInsteadOfTouchingFreedMemory() {
    RocksStore store = RocksStore.open(temp, Chains.CHAIN);
    store.close();
    store.close();
    assertThatThrownBy(store::head)
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.CLOSED));
  }

  @Test
  void theRecordFormatIsTheGoldenOne() {
    TransactionRecord record =
        new TransactionRecord(RECORD.id(), 7, 3, Receipt.Outcome.APPLIED, "ok");
    assertThat(record.encode()).isEqualTo(Golden.hex("transaction-record-v1.hex"));
    assertThat(TransactionRecord.decode(RECORD.id(), record.encode())).isEqualTo(record);
  }
}
