package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.LedgerAudit;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.StateReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot across two changes of validators, and every way to forge one. */
class SnapshotTest {
  @TempDir static Path shared;

  @TempDir Path temp;

  private static DevNet net;
  private static TestChain source;

  @BeforeAll
  static void chain() throws IOException {
    net = new DevNet(shared, 4, 3, TestChain.PARAMETERS);
    source = new TestChain(net, shared.resolve("source"));
    source.block(0, source.filler());
    source.change(0, 1, 2, 3, 4, 5, 6);
    source.block(2);
    source.change(1, 2, 3, 4);
    source.block(1, source.filler());
    source.grow(3);
  }

  @AfterAll
  static void close() {
    source.close();
    net.close();
  }

  private Verdict<Hash32> restore(Path dataDir, SnapshotManifest manifest, List<Bytes> chunks) {
    Verdict<SnapshotRestore> begun =
        SnapshotRestore.begin(dataDir, net.genesis, manifest, new SnapshotRestore.Guard(0, 7));
    if (!(begun instanceof Verdict.Accepted<SnapshotRestore>(SnapshotRestore restore))) {
      return begun.then(never -> Verdict.accept(manifest.blockId()));
    }
    try (restore) {
      for (Bytes chunk : chunks) {
        Verdict<Integer> added = restore.add(chunk);
        if (!added.isAccepted()) {
          return added.then(never -> Verdict.accept(manifest.blockId()));
        }
      }
      return restore.finish();
    }
  }

  private static SnapshotManifest manifest(Path file) {
    try (SnapshotFile open = SnapshotFile.open(file)) {
      return open.manifest();
    }
  }

  /** A manifest that fits whatever the chunks are. */
  private static SnapshotManifest manifestOf(SnapshotManifest like, List<Bytes> chunks) {
    List<SnapshotManifest.Item> items = new ArrayList<>();
    for (Bytes chunk : chunks) {
      items.add(
          new SnapshotManifest.Item(
              SnapshotChunk.Kind.of(chunk.at(0)), chunk.size(), Digests.sha256(chunk)));
    }
    return new SnapshotManifest(like.chainId(), like.height(), like.blockId(), items);
  }

  @Test
  void aRestoredNodeGoesOnAsTheOthers() {
    Path file = source.snapshot(temp.resolve("a.snapshot"));
    SnapshotManifest manifest = manifest(file);
    assertThat(restore(temp.resolve("target"), manifest, TestChain.chunks(file)))
        .isEqualTo(Verdict.accept(source.chain.head().id()));
    new StoreSwitch(temp.resolve("target")).settle();
    try (TestChain target = new TestChain(net, temp.resolve("target"))) {
      assertThat(target.chain.head()).isEqualTo(source.chain.head());
      assertThat(target.store.rotation()).isEqualTo(source.store.rotation());
      assertThat(target.store.history()).isEqualTo(source.store.history());
      assertThat(target.store.guardSequence()).isEqualTo(7);
      assertThat(target.store.lowest()).isEqualTo(manifest.height());
      List<ValidatorsRecord> eras = target.store.eras();
      assertThat(eras.stream().map(ValidatorsRecord::since))
          .isEqualTo(source.store.eras().stream().map(ValidatorsRecord::since).toList());
      assertThat(eras.getLast()).isEqualTo(source.store.eras().getLast());
      assertThat(eras.getFirst().members().getFirst().transportKeyHash()).isEqualTo(Hash32.ZERO);
      assertThat(LedgerAudit.run(target.machine.ledger().view())).isEmpty();
      for (int i = 0; i < 25; i++) {
        Block next = source.block(i % 3, source.filler());
        CommitCertificate certificate = source.store.certificate(next.height()).orElseThrow();
        assertThat(target.chain.checkDecided(next, certificate).isAccepted()).isTrue();
        ChainExecutor.Committed _ = target.chain.commit(next, certificate);
      }
      assertThat(target.chain.head()).isEqualTo(source.chain.head());
      long head = source.chain.head().height();
      MerkleProof proof = target.store.historyLog().prove(manifest.height() - 1, head - 1);
      assertThat(
              proof.verifies(
                  source.store.block(head).orElseThrow().header().historyRoot(),
                  manifest.blockId().bytes()))
          .isTrue();
      // what a restored node exports is the same again
      assertThat(manifest(target.snapshot(temp.resolve("b.snapshot"))))
          .isEqualTo(manifest(source.snapshot(temp.resolve("c.snapshot"))));
    }
  }

  private void refused(String what, UnaryOperator<List<Bytes>> forge) {
    Path file = temp.resolve("true.snapshot");
    if (!Files.exists(file)) {
      Path _ = source.snapshot(file);
    }
    List<Bytes> chunks = forge.apply(new ArrayList<>(TestChain.chunks(file)));
    SnapshotManifest forged = manifestOf(manifest(file), chunks);
    assertThat(restore(temp.resolve("victim"), forged, chunks))
        .as(what)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            rejected ->
                assertThat(rejected.reason().code())
                    .isIn("snapshot-invalid", "wrong-state-root", "malformed"));
    new StoreSwitch(temp.resolve("victim")).settle();
    assertThat(NodeFiles.store(temp.resolve("victim"))).as(what).doesNotExist();
  }

  private static <T extends SnapshotChunk> UnaryOperator<List<Bytes>> forge(
      Class<T> kind, UnaryOperator<T> change) {
    return chunks -> {
      chunks.replaceAll(
          bytes -> {
            SnapshotChunk chunk = SnapshotChunk.decode(bytes).orThrow();
            return kind.isInstance(chunk) ? change.apply(kind.cast(chunk)).encode() : bytes;
          });
      return chunks;
    };
  }

  private static <T> List<T> without(List<T> all, int index) {
    List<T> rest = new ArrayList<>(all);
    rest.remove(index);
    return rest;
  }

  @Test
  void aForgedStateIsRefused() {
    refused(
        "a value",
        forge(
            SnapshotChunk.State.class,
            state -> {
              List<StateReader.Entry> entries = new ArrayList<>(state.entries());
              entries.set(
                  3, new StateReader.Entry(entries.get(3).key(), Bytes.utf8("another value")));
              return new SnapshotChunk.State(entries);
            }));
    refused(
        "a missing entry",
        forge(
            SnapshotChunk.State.class,
            state -> new SnapshotChunk.State(without(state.entries(), 2))));
    refused(
        "one entry more",
        forge(
            SnapshotChunk.State.class,
            state -> {
              List<StateReader.Entry> entries = new ArrayList<>(state.entries());
              entries.add(new StateReader.Entry(Bytes.fromHex("ffff"), Bytes.utf8("more")));
              return new SnapshotChunk.State(entries);
            }));
    refused(
        "the same entry twice",
        forge(
            SnapshotChunk.State.class,
            state -> {
              List<StateReader.Entry> entries = new ArrayList<>(state.entries());
              entries.add(entries.getLast());
              return new SnapshotChunk.State(entries);
            }));
    refused("no state at all", chunks -> without(chunks, chunks.size() - 1));
  }

  @Test
  void aForgedHeadIsRefused() {
    long below = source.chain.head().height() - 1;
    refused(
        "another block's certificate",
        forge(
            SnapshotChunk.Head.class,
            head ->
                new SnapshotChunk.Head(
                    head.block(), source.store.certificate(below).orElseThrow(), head.history())));
    ValidatorSet first =
        ValidatorSet.of(net.genesis.validators().stream().map(each -> each.key()).toList());
    refused(
        "the set of the genesis, which is over",
        forge(
            SnapshotChunk.Head.class,
            head ->
                new SnapshotChunk.Head(
                    head.block(), source.certify(head.block(), 0, first), head.history())));
    refused(
        "another block than the manifest says",
        forge(
            SnapshotChunk.Head.class,
            head ->
                new SnapshotChunk.Head(
                    source.store.block(below).orElseThrow(),
                    source.store.certificate(below).orElseThrow(),
                    head.history())));
    refused(
        "another history",
        forge(
            SnapshotChunk.Head.class,
            head ->
                new SnapshotChunk.Head(
                    head.block(),
                    head.certificate(),
                    MerkleFrontier.EMPTY.append(head.block().id().bytes()))));
  }

  @Test
  void aForgedChangeOfValidatorsIsRefused() {
    refused(
        "the first change is missing",
        forge(
            SnapshotChunk.Changes.class,
            changes -> new SnapshotChunk.Changes(without(changes.changes(), 0))));
    refused(
        "the last change is missing",
        forge(
            SnapshotChunk.Changes.class,
            changes ->
                new SnapshotChunk.Changes(
                    without(changes.changes(), changes.changes().size() - 1))));
    List<PublicKey> mine = net.members(3, 4, 5, 6).stream().map(each -> each.key()).toList();
    refused(
        "another set",
        forge(
            SnapshotChunk.Changes.class,
            changes -> {
              List<SnapshotChunk.Change> forged = new ArrayList<>(changes.changes());
              SnapshotChunk.Change last = forged.getLast();
              forged.set(
                  forged.size() - 1,
                  new SnapshotChunk.Change(last.header(), last.certificate(), mine));
              return new SnapshotChunk.Changes(forged);
            }));
    refused(
        "no set",
        forge(
            SnapshotChunk.Changes.class,
            changes -> {
              SnapshotChunk.Change first = changes.changes().getFirst();
              return new SnapshotChunk.Changes(
                  List.of(
                      new SnapshotChunk.Change(first.header(), first.certificate(), List.of())));
            }));
    refused("no changes", chunks -> without(chunks, 1));
  }

  @Test
  void aForgedRotationIsRefused() {
    refused(
        "a block is missing",
        forge(
            SnapshotChunk.Links.class,
            links -> new SnapshotChunk.Links(without(links.links(), 4))));
    refused(
        "another round",
        forge(
            SnapshotChunk.Links.class,
            links -> {
              List<Link> forged = new ArrayList<>(links.links());
              Link of = forged.get(4);
              CommitCertificate last = of.lastCommit().orElseThrow();
              forged.set(
                  4,
                  new Link(
                      of.header(),
                      Optional.of(
                          new CommitCertificate(
                              last.height(), 3, last.blockId(), last.signatures()))));
              return new SnapshotChunk.Links(forged);
            }));
  }

  @Test
  void aSnapshotBelowTheGuardOrOfAnotherChainIsRefusedBeforeAnythingIsDone() {
    SnapshotManifest manifest = manifest(source.snapshot(temp.resolve("a.snapshot")));
    long height = manifest.height();
    assertThat(
            SnapshotRestore.check(net.genesis, manifest, new SnapshotRestore.Guard(height + 1, 1))
                .isAccepted())
        .isTrue();
    assertThat(
            SnapshotRestore.check(net.genesis, manifest, new SnapshotRestore.Guard(height + 2, 1)))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(NodeReason.SNAPSHOT_BELOW_GUARD));
    SnapshotManifest other =
        new SnapshotManifest(
            Digests.sha256(Bytes.EMPTY), height, manifest.blockId(), manifest.chunks());
    assertThat(SnapshotRestore.check(net.genesis, other, SnapshotRestore.Guard.NONE))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(NodeReason.WRONG_CHAIN));
  }

  @Test
  void everyDamagedByteOfAFileIsNoticed() throws IOException {
    Path file = source.snapshot(temp.resolve("a.snapshot"));
    byte[] whole = Files.readAllBytes(file);
    Path damaged = temp.resolve("damaged.snapshot");
    for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 60)) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x40;
      Files.write(damaged, flipped);
      assertThatThrownBy(() -> TestChain.chunks(damaged))
          .as("byte %d", at)
          .isInstanceOf(TrestleException.class)
          .hasMessageContaining("snapshot-invalid");
    }
    for (int size : new int[] {0, 7, 20, whole.length / 2, whole.length - 1}) {
      Files.write(damaged, java.util.Arrays.copyOf(whole, size));
      assertThatThrownBy(() -> TestChain.chunks(damaged))
          .as("cut to %d", size)
          .isInstanceOf(TrestleException.class);
    }
  }

  @Test
  void aManifestOverALimitIsRefusedBeforeAnyChunk() {
    Hash32 hash = Digests.sha256(Bytes.EMPTY);
    SnapshotManifest.Item head = new SnapshotManifest.Item(SnapshotChunk.Kind.HEAD, 10, hash);
    SnapshotManifest.Item state = new SnapshotManifest.Item(SnapshotChunk.Kind.STATE, 10, hash);
    SnapshotManifest.Item large =
        new SnapshotManifest.Item(SnapshotChunk.Kind.STATE, SnapshotChunk.MAX_BYTES + 1, hash);
    SnapshotManifest.Item links =
        new SnapshotManifest.Item(SnapshotChunk.Kind.LINKS, SnapshotChunk.MAX_BYTES, hash);
    for (List<SnapshotManifest.Item> items :
        List.of(
            List.<SnapshotManifest.Item>of(),
            List.of(state),
            List.of(head, head),
            List.of(head, large),
            List.of(head, state, links),
            java.util.Collections.nCopies(SnapshotManifest.MAX_CHUNKS + 1, state),
            concat(head, java.util.Collections.nCopies(80, links)))) {
      assertThatThrownBy(() -> new SnapshotManifest(hash, 5, hash, items))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(
            SnapshotManifest.decode(Bytes.wrap(new byte[SnapshotManifest.MAX_BYTES + 1]))
                .isAccepted())
        .isFalse();
  }

  private static <T> List<T> concat(T first, List<T> rest) {
    List<T> all = new ArrayList<>();
    all.add(first);
    all.addAll(rest);
    return all;
  }

  @Test
  void aCrashAtAnyStepOfTheSwitchLeavesOneWholeStore() {
    Path file = source.snapshot(temp.resolve("a.snapshot"));
    SnapshotManifest manifest = manifest(file);
    for (int stop = 0; stop <= 4; stop++) {
      Path dataDir = temp.resolve("node" + stop);
      try (TestChain old = new TestChain(net, dataDir)) {
        old.grow(2);
      }
      assertThat(restore(dataDir, manifest, TestChain.chunks(file)).isAccepted()).isTrue();
      new StoreSwitch(dataDir).steps().subList(0, stop).forEach(Runnable::run);
      new StoreSwitch(dataDir).settle();
      try (TestChain now = new TestChain(net, dataDir)) {
        assertThat(now.store.head()).as("stopped after %d", stop).isEqualTo(manifest.height());
      }
      assertThat(dataDir.resolve("store.old")).doesNotExist();
      assertThat(dataDir.resolve("store.staging")).doesNotExist();
    }
  }

  @Test
  void aCrashWhileAStoreIsBuiltLeavesTheOldOne() {
    Path file = source.snapshot(temp.resolve("a.snapshot"));
    List<Bytes> chunks = TestChain.chunks(file);
    Path dataDir = temp.resolve("node");
    try (TestChain old = new TestChain(net, dataDir)) {
      old.grow(2);
    }
    for (int added = 0; added <= chunks.size(); added++) {
      try (SnapshotRestore restore =
          SnapshotRestore.begin(dataDir, net.genesis, manifest(file), SnapshotRestore.Guard.NONE)
              .orThrow()) {
        for (Bytes chunk : chunks.subList(0, added)) {
          int _ = restore.add(chunk).orThrow();
        }
      }
      new StoreSwitch(dataDir).settle();
      try (TestChain now = new TestChain(net, dataDir)) {
        assertThat(now.store.head()).as("%d chunks", added).isEqualTo(2);
      }
    }
  }
}
