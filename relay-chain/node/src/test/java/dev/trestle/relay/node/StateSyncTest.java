package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.state.StateReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State sync against peers that lie, stay silent or have nothing. */
class StateSyncTest {
  private static final Hash32 ONE = Hash32.ZERO;
  private static final Hash32 TWO = Digests.sha256(Bytes.utf8("two"));

  @TempDir static Path shared;

  @TempDir Path temp;

  private static DevNet net;
  private static SnapshotManifest manifest;
  private static List<Bytes> chunks = List.of();

  @BeforeAll
  static void chain() throws IOException {
    net = new DevNet(shared, 4);
    try (TestChain source = new TestChain(net, shared.resolve("source"))) {
      source.block(0, source.filler());
      source.grow(20);
      Path file = source.snapshot(shared.resolve("a.snapshot"));
      chunks = TestChain.chunks(file);
      try (SnapshotFile open = SnapshotFile.open(file)) {
        manifest = open.manifest();
      }
    }
  }

  @AfterAll
  static void close() {
    net.close();
  }

  /** What the node is asked to do. */
  private final class Node implements StateSync.Port {
    private final Map<Hash32, Long> heads = new TreeMap<>(Map.of(ONE, 21L, TWO, 21L));
    private final List<Hash32> dropped = new ArrayList<>();
    private final StateSync sync = new StateSync(this, 1_000);
    private SnapshotRestore.Guard guard = SnapshotRestore.Guard.NONE;
    private boolean unserved = true;
    private long now;
    private Optional<Hash32> asked = Optional.empty();
    private Optional<Hash32> askedChunk = Optional.empty();
    private long index;
    private boolean ready;

    @Override
    public long nowMs() {
      return now;
    }

    @Override
    public long head() {
      return 0;
    }

    @Override
    public List<Map.Entry<Hash32, Long>> sources() {
      return List.copyOf(heads.entrySet());
    }

    @Override
    public boolean isUnserved() {
      return unserved;
    }

    @Override
    public void ask(Hash32 peer, SnapshotMessages.Ask ask) {
      asked = Optional.of(peer);
    }

    @Override
    public void ask(Hash32 peer, SnapshotMessages.AskChunk ask) {
      askedChunk = Optional.of(peer);
      index = ask.index();
    }

    @Override
    public Verdict<SnapshotRestore> begin(SnapshotManifest of) {
      return SnapshotRestore.begin(temp, net.genesis, of, guard);
    }

    @Override
    public <T> void work(Supplier<T> task, Consumer<T> then) {
      then.accept(task.get());
    }

    @Override
    public void disconnect(Hash32 peer, String reason) {
      dropped.add(peer);
      heads.remove(peer);
    }

    @Override
    public void ready(SnapshotRestore restored) {
      ready = true;
    }

    /** The peer that is asked for an offer makes this one; gives that peer. */
    private Hash32 offered(SnapshotManifest of, long lowest) {
      asked = Optional.empty();
      sync.tick(now);
      Hash32 peer = asked.orElseThrow();
      sync.offer(peer, new SnapshotMessages.Offer(lowest, Optional.of(of.encode())), now);
      return peer;
    }

    private void answer(SnapshotManifest of, Bytes chunk) {
      sync.chunk(askedChunk.orElseThrow(), new SnapshotMessages.Chunk(of.id(), index, chunk), now);
    }

    private void answerAll(SnapshotManifest of, List<Bytes> with) {
      for (int i = (int) index; i < with.size() && dropped.isEmpty(); i++) {
        answer(of, with.get(i));
      }
    }
  }

  private final Node node = new Node();

  @Test
  void aSnapshotIsFetchedAndHandedOver() {
    Hash32 _ = node.offered(manifest, 18);
    node.answerAll(manifest, chunks);
    assertThat(node.ready).isTrue();
    assertThat(node.dropped).isEmpty();
    new StoreSwitch(temp).settle();
    try (TestChain chain = new TestChain(net, temp)) {
      assertThat(chain.store.head()).isEqualTo(21);
    }
  }

  @Test
  void nothingIsAskedWhileBlocksComeAndNothingTakenThatBlocksCouldGive() {
    node.unserved = false;
    node.sync.tick(0);
    assertThat(node.asked).isEmpty();
    node.unserved = true;
    Hash32 _ = node.offered(manifest, 1);
    assertThat(node.askedChunk).isEmpty();
    node.heads.put(TWO, 5_000L);
    node.unserved = false;
    node.sync.tick(0);
    assertThat(node.asked).as("far behind").contains(TWO);
  }

  @Test
  void aFalseChunkCostsItsSenderTheConnectionAndAnotherPeerIsAsked() {
    Hash32 peer = node.offered(manifest, 18);
    node.answer(manifest, chunks.get(0));
    node.answer(manifest, Bytes.utf8("false"));
    assertThat(node.dropped).containsExactly(peer);
    assertThat(node.askedChunk).isPresent().get().isNotEqualTo(peer);
    assertThat(node.index).isEqualTo(1);
    for (Bytes chunk : chunks.subList(1, chunks.size())) {
      node.answer(manifest, chunk);
    }
    assertThat(node.ready).isTrue();
  }

  @Test
  void whoIsSilentOrHasNoChunkIsNotAskedAgainForAWhile() {
    Hash32 peer = node.offered(manifest, 18);
    node.now = StateSync.ANSWER_MS;
    node.sync.tick(node.now);
    Hash32 other = node.askedChunk.orElseThrow();
    assertThat(other).isNotEqualTo(peer);
    node.answer(manifest, Bytes.EMPTY);
    node.askedChunk = Optional.empty();
    node.asked = Optional.empty();
    node.sync.tick(node.now);
    assertThat(node.asked).as("nobody is left").isEmpty();
    assertThat(node.dropped).isEmpty();
    node.now += StateSync.AVOID_MS + 1;
    Hash32 _ = node.offered(manifest, 18);
    assertThat(node.index).as("from the start").isZero();
    node.answerAll(manifest, chunks);
    assertThat(node.ready).isTrue();
  }

  @Test
  void whoOffersASnapshotWithAnotherStateIsCutOffAfterAllChunksFit() {
    List<Bytes> forged = new ArrayList<>(chunks);
    SnapshotChunk.State state =
        (SnapshotChunk.State) SnapshotChunk.decode(forged.getLast()).orThrow();
    List<StateReader.Entry> entries = new ArrayList<>(state.entries());
    entries.set(0, new StateReader.Entry(entries.get(0).key(), Bytes.utf8("mine")));
    forged.set(forged.size() - 1, new SnapshotChunk.State(entries).encode());
    List<SnapshotManifest.Item> items = new ArrayList<>(manifest.chunks());
    Bytes last = forged.getLast();
    items.set(
        items.size() - 1,
        new SnapshotManifest.Item(SnapshotChunk.Kind.STATE, last.size(), Digests.sha256(last)));
    SnapshotManifest lie =
        new SnapshotManifest(manifest.chainId(), manifest.height(), manifest.blockId(), items);
    Hash32 liar = node.offered(lie, 18);
    node.answerAll(lie, forged);
    assertThat(node.ready).isFalse();
    assertThat(node.dropped).containsExactly(liar);
    node.dropped.clear();
    assertThat(node.offered(manifest, 18)).isNotEqualTo(liar);
    node.answerAll(manifest, chunks);
    assertThat(node.ready).isTrue();
  }

  @Test
  void aSnapshotBelowTheGuardIsNotTakenAndNobodyIsToBlame() {
    node.guard = new SnapshotRestore.Guard(23, 9);
    Hash32 _ = node.offered(manifest, 18);
    assertThat(node.askedChunk).isEmpty();
    assertThat(node.dropped).isEmpty();
    node.guard = new SnapshotRestore.Guard(22, 9);
    Hash32 _ = node.offered(manifest, 18);
    assertThat(node.askedChunk).isPresent();
    node.sync.close();
  }

  @Test
  void aManifestThatIsNoneCostsTheConnectionAndWhatWasNotAskedIsNotLookedAt() {
    node.sync.offer(ONE, new SnapshotMessages.Offer(1, Optional.of(Bytes.utf8("unasked"))), 0);
    assertThat(node.dropped).isEmpty();
    node.sync.tick(0);
    Hash32 peer = node.asked.orElseThrow();
    node.sync.offer(peer, new SnapshotMessages.Offer(1, Optional.of(Bytes.utf8("no"))), 0);
    assertThat(node.dropped).containsExactly(peer);
  }
}
