package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.proofs.MerkleLog;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.Fork;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.node.Tables.Table;
import dev.trestle.relay.node.Tables.Writes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/**
 * Everything a node keeps of the chain: state, blocks with their certificates, and indexes. A
 * decided block becomes durable with its state in one synced batch, so the store never stands
 * between two heights. Written by one thread, read by any.
 */
public final class RocksStore implements AutoCloseable {
  private static final int FORMAT = 2;
  private static final Bytes FORMAT_KEY = Bytes.utf8("format");
  private static final Bytes CHAIN_KEY = Bytes.utf8("chain");
  private static final Bytes HEAD_KEY = Bytes.utf8("head");
  private static final Bytes HISTORY_KEY = Bytes.utf8("history");
  private static final Bytes ROTATION_KEY = Bytes.utf8("rotation");
  private static final Bytes GUARD_KEY = Bytes.utf8("guard");
  private static final Bytes FORK_KEY = Bytes.utf8("fork");
  private static final int MAX_PACKETS = 100_000;

  /** Changes of the validators that are looked through. */
  private static final int MAX_ERAS = 100_000;

  private final Tables tables;
  private final StateStore state = new StateStore();
  private Optional<Consumer<Writes>> staged = Optional.empty();
  private volatile LongUnaryOperator keptFrom = head -> 1;

  /** Where a packet left: the block and its place in the block's outbox. */
  public record PacketPlace(long height, long index) {}

  /**
   * A decided block and what goes into the store with it.
   *
   * @param history tree over the ids of all blocks up to and including this one
   * @param rotation who proposes the next block
   * @param newEra the set of the next block, if it is another one than that of this
   * @param guardSequence how far this node's sign guard had come, 0 without one
   */
  record Decided(
      Block block,
      CommitCertificate certificate,
      List<TransactionRecord> transactions,
      List<Packet> outbox,
      MerkleFrontier history,
      Rotation rotation,
      Optional<ValidatorsRecord> newEra,
      long guardSequence) {
    Decided {
      transactions = List.copyOf(transactions);
      outbox = List.copyOf(outbox);
    }
  }

  private RocksStore(Tables tables) {
    this.tables = tables;
  }

  /**
   * @throws TrestleException {@link NodeReason#WRONG_CHAIN} if the folder holds another chain
   */
  public static RocksStore open(Path directory, Hash32 chainId) {
    return open(RocksTables.open(directory), chainId);
  }

  /** As {@link #open(Path, Hash32)}; closes {@code tables} when it is closed. */
  static RocksStore open(Tables tables, Hash32 chainId) {
    RocksStore store = new RocksStore(tables);
    Bytes format = new CanonicalWriter().u16(FORMAT).toBytes();
    Optional<Bytes> chain = store.tables.get(Table.META, CHAIN_KEY);
    if (chain.isEmpty()) {
      store.tables.write(
          to -> {
            to.put(Table.META, FORMAT_KEY, format);
            to.put(Table.META, CHAIN_KEY, chainId.bytes());
          });
      return store;
    }
    boolean known = store.tables.get(Table.META, FORMAT_KEY).filter(format::equals).isPresent();
    if (!known || !chain.get().equals(chainId.bytes())) {
      store.close();
      throw new TrestleException(
          NodeReason.WRONG_CHAIN, "the data directory holds another chain or disk format");
    }
    return store;
  }

  /** The state that the ledger reads and writes. */
  public KeyValueStore state() {
    return state;
  }

  /** Height of the newest block, 0 before the first. */
  public long head() {
    return tables.get(Table.META, HEAD_KEY).map(RocksStore::number).orElse(0L);
  }

  public Optional<Block> block(long height) {
    return tables.get(Table.BLOCKS, at('b', height)).map(bytes -> whole(Block.decode(bytes)));
  }

  /** Height of the lowest block that is kept, with all above it; 1 of an archive. */
  public long lowest() {
    return tables.get(Table.META, StoreKeys.LOWEST).map(RocksStore::number).orElse(1L);
  }

  /** Also of a block that is not kept any more, if it was the last one of an era. */
  public Optional<dev.trestle.relay.consensus.RelayHeader> header(long height) {
    return block(height)
        .map(Block::header)
        .or(
            () ->
                tables
                    .get(Table.BLOCKS, at('d', height))
                    .map(bytes -> whole(dev.trestle.relay.consensus.RelayHeader.decode(bytes))));
  }

  /** What the rotation needs of a block of its period, also of one that is not kept any more. */
  Optional<Link> link(long height) {
    return block(height)
        .map(Link::of)
        .or(() -> tables.get(Table.BLOCKS, at('r', height)).map(Link::decode));
  }

  /** Everything as it is now, whatever is stored meanwhile; to be closed. */
  Tables.Frozen freeze() {
    return tables.freeze();
  }

  /**
   * @param from the lowest block to be kept when the head is at a height; lower ones go with the
   *     blocks that are stored later
   */
  void keep(LongUnaryOperator from) {
    keptFrom = from;
  }

  /** Writes beside the blocks, in one durable batch. */
  void write(Consumer<Writes> writer) {
    tables.write(writer);
  }

  /** Also of the last block of an era that is not kept any more. */
  public Optional<CommitCertificate> certificate(long height) {
    return tables
        .get(Table.BLOCKS, at('c', height))
        .map(bytes -> whole(CommitCertificate.decode(bytes)));
  }

  /** Encoded block and certificate as they were stored, for peers. */
  Optional<SyncResponse.Item> raw(long height) {
    Optional<Bytes> block = tables.get(Table.BLOCKS, at('b', height));
    Optional<Bytes> certificate = tables.get(Table.BLOCKS, at('c', height));
    return block.flatMap(b -> certificate.map(c -> new SyncResponse.Item(b, c)));
  }

  public Optional<Long> heightOf(Hash32 blockId) {
    return tables.get(Table.INDEX, under('i', blockId.bytes())).map(RocksStore::number);
  }

  public Optional<TransactionRecord> transaction(Hash32 id) {
    return tables
        .get(Table.INDEX, under('t', id.bytes()))
        .map(bytes -> TransactionRecord.decode(id, bytes));
  }

  public Optional<PacketPlace> packet(Hash32 packetId) {
    return tables
        .get(Table.INDEX, under('p', packetId.bytes()))
        .map(bytes -> CanonicalReader.decode(bytes, in -> new PacketPlace(in.u64(), in.u64())));
  }

  /** Packets that the block at {@code height} emitted, in the order of its outbox tree. */
  public List<Packet> outbox(long height) {
    return tables.get(Table.BLOCKS, at('o', height)).map(RocksStore::packets).orElse(List.of());
  }

  static List<Packet> packets(Bytes stored) {
    return CanonicalReader.decode(
        stored, in -> in.list(MAX_PACKETS, r -> Packet.decode(r.bytes(stored.size()))));
  }

  /** Whether a block holds evidence of this validator's fault at this height already. */
  boolean hasEvidence(EvmAddress offender, long height) {
    return tables.get(Table.INDEX, evidenceKey(offender, height)).isPresent();
  }

  /** Verified evidence that no block held when it was kept, in the order of the offenders. */
  List<Evidence> waitingEvidence() {
    return tables
        .scan(Table.INDEX, under('w', Bytes.EMPTY), Bytes.EMPTY, EvidencePool.MAX_PIECES)
        .stream()
        .map(entry -> whole(Evidence.decode(entry.value())))
        .toList();
  }

  /** Keeps one piece for each offender. Durable on return. */
  void keepEvidence(Evidence evidence) {
    tables.write(to -> to.put(Table.INDEX, waitingKey(evidence), evidence.encode()));
  }

  /** Forgets evidence that need not wait any longer. */
  void dropEvidence(List<Evidence> evidence) {
    tables.write(to -> evidence.forEach(each -> to.delete(Table.INDEX, waitingKey(each))));
  }

  /** Proof that the chain has split, once this node has met one. */
  Optional<Fork> fork() {
    return tables.get(Table.META, FORK_KEY).map(bytes -> whole(Fork.decode(bytes)));
  }

  /** Keeps the first proof. Durable on return. */
  void keepFork(Fork fork) {
    if (fork().isEmpty()) {
      tables.write(to -> to.put(Table.META, FORK_KEY, fork.encode()));
    }
  }

  /** Every set that took over, the oldest first; that of the genesis is not among them. */
  List<ValidatorsRecord> eras() {
    return tables.scan(Table.INDEX, under('v', Bytes.EMPTY), Bytes.EMPTY, MAX_ERAS).stream()
        .map(entry -> ValidatorsRecord.decode(entry.value()))
        .toList();
  }

  /** Tree over the ids of all blocks in the store. */
  MerkleFrontier history() {
    return tables
        .get(Table.META, HISTORY_KEY)
        .map(bytes -> CanonicalReader.decode(bytes, MerkleFrontier::read))
        .orElse(MerkleFrontier.EMPTY);
  }

  /** Who proposes the block after the newest one, as it was stored with that. */
  Optional<Rotation> rotation() {
    return tables.get(Table.META, ROTATION_KEY).map(bytes -> whole(Rotation.decode(bytes)));
  }

  /** Proves any block of the store under the history root of any later one. */
  MerkleLog historyLog() {
    return new MerkleLog(
        (level, index) -> tables.get(Table.INDEX, historyKey(level, index)).map(Hash32::new));
  }

  /** How far the sign guard had come when the newest block was stored. */
  long guardSequence() {
    return tables.get(Table.META, GUARD_KEY).map(RocksStore::number).orElse(0L);
  }

  /**
   * Stores a block together with what {@code commit} writes to {@link #state()}, which must be
   * exactly one batch.
   */
  void store(Decided decided, Runnable commit) {
    if (decided.block().height() != head() + 1) {
      throw new IllegalStateException(
          "block " + decided.block().height() + " does not follow " + head());
    }
    staged = Optional.of(to -> write(decided, to));
    try {
      commit.run();
      if (staged.isPresent()) {
        throw new IllegalStateException("the ledger committed without writing");
      }
    } finally {
      staged = Optional.empty();
    }
  }

  @Override
  public void close() {
    tables.close();
  }

  private void write(Decided decided, Writes to) {
    Block block = decided.block();
    long height = block.height();
    to.put(Table.BLOCKS, at('b', height), block.encode());
    to.put(Table.BLOCKS, at('c', height), decided.certificate().encode());
    to.put(Table.INDEX, under('i', block.id().bytes()), number(height));
    for (TransactionRecord each : decided.transactions()) {
      to.put(Table.INDEX, under('t', each.id().bytes()), each.encode());
    }
    List<Bytes> packets = new ArrayList<>();
    for (Packet packet : decided.outbox()) {
      Bytes place = new CanonicalWriter().u64(height).u64(packets.size()).toBytes();
      to.put(Table.INDEX, under('p', packet.id().bytes()), place);
      packets.add(packet.encode());
    }
    if (!packets.isEmpty()) {
      Bytes list = new CanonicalWriter().list(packets, CanonicalWriter::bytes).toBytes();
      to.put(Table.BLOCKS, at('o', height), list);
    }
    for (Evidence each : block.evidence()) {
      to.put(Table.INDEX, evidenceKey(each.offender(), each.height()), number(height));
    }
    for (MerkleLog.Node node : historyLog().append(height - 1, block.id().bytes())) {
      to.put(Table.INDEX, historyKey(node.level(), node.index()), node.hash().bytes());
    }
    decided.newEra().ifPresent(era -> to.put(Table.INDEX, at('v', era.since()), era.encode()));
    CanonicalWriter history = new CanonicalWriter();
    decided.history().write(history);
    to.put(Table.META, HISTORY_KEY, history.toBytes());
    to.put(Table.META, ROTATION_KEY, decided.rotation().encode());
    to.put(Table.META, GUARD_KEY, number(decided.guardSequence()));
    to.put(Table.META, HEAD_KEY, number(height));
    new Retention(tables).prune(height, keptFrom.applyAsLong(height), to);
  }

  private static Bytes evidenceKey(EvmAddress offender, long height) {
    return Bytes.concat(under('e', offender.bytes()), number(height));
  }

  private static Bytes waitingKey(Evidence evidence) {
    return under('w', evidence.offender().bytes());
  }

  static Bytes historyKey(int level, long index) {
    return new CanonicalWriter().u8('h').u8(level).u64(index).toBytes();
  }

  static Bytes at(char kind, long height) {
    return new CanonicalWriter().u8(kind).u64(height).toBytes();
  }

  static Bytes under(char kind, Bytes key) {
    return new CanonicalWriter().u8(kind).fixed(key).toBytes();
  }

  static Bytes number(long value) {
    return new CanonicalWriter().u64(value).toBytes();
  }

  static long number(Bytes bytes) {
    return CanonicalReader.decode(bytes, CanonicalReader::u64);
  }

  static <T> T whole(Verdict<T> decoded) {
    if (decoded instanceof Verdict.Accepted<T>(T value)) {
      return value;
    }
    throw new TrestleException(NodeReason.STORAGE_CORRUPT, "a stored block does not decode");
  }

  private final class StateStore implements KeyValueStore {
    @Override
    public Optional<Bytes> get(Bytes key) {
      return tables.get(Table.STATE, key);
    }

    @Override
    public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
      return tables.scan(Table.STATE, prefix, after, limit);
    }

    @Override
    public void apply(Batch batch) {
      Optional<Consumer<Writes>> block = staged;
      staged = Optional.empty();
      tables.write(
          to -> {
            batch
                .writes()
                .forEach(
                    (key, value) ->
                        value.ifPresentOrElse(
                            present -> to.put(Table.STATE, key, present),
                            () -> to.delete(Table.STATE, key)));
            block.ifPresent(writer -> writer.accept(to));
          });
    }
  }
}
