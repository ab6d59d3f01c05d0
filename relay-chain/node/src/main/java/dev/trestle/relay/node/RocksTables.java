package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import dev.trestle.relay.ledger.state.StateReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with one column family for each lifetime of data, behind {@link Bytes}. Reads are safe
 * from any thread, also while the database is being closed.
 */
final class RocksTables implements Tables {
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
  private final ColumnFamilyOptions familyOptions;
  private final DBOptions options;
  private final WriteOptions synced;
  private final ReadOptions latest = new ReadOptions();
  private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;

  private RocksTables(
      RocksDB database,
      List<ColumnFamilyHandle> handles,
      ColumnFamilyOptions familyOptions,
      DBOptions options) {
    this.database = database;
    this.familyOptions = familyOptions;
    this.options = options;
    this.synced = new WriteOptions().setSync(true);
    Iterator<ColumnFamilyHandle> next = handles.iterator(); // in the order of the descriptors
    for (Table table : Table.values()) {
      families.put(table, next.next());
    }
  }

  static RocksTables open(Path directory) {
    RocksDB.loadLibrary();
    ColumnFamilyOptions familyOptions = new ColumnFamilyOptions();
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxOpenFiles(256)
            .setKeepLogFileNum(2);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (Table table : Table.values()) {
      descriptors.add(
          new ColumnFamilyDescriptor(
              table.familyName().getBytes(StandardCharsets.US_ASCII), familyOptions));
    }
    try {
      Files.createDirectories(directory);
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB database = RocksDB.open(options, directory.toString(), descriptors, handles);
      return new RocksTables(database, handles, familyOptions, options);
    } catch (RocksDBException | IOException e) {
      options.close();
      familyOptions.close();
      if (String.valueOf(e.getMessage()).contains("/LOCK")) {
        throw new TrestleException(NodeReason.NODE_RUNNING, "the store is open elsewhere", e);
      }
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot open the store", e);
    }
  }

  @Override
  public Optional<Bytes> get(Table table, Bytes key) {
    return get(latest, table, key);
  }

  @Override
  public List<StateReader.Entry> scan(Table table, Bytes prefix, Bytes after, int limit) {
    return scan(latest, table, prefix, after, limit);
  }

  @Override
  public Frozen freeze() {
    return new FrozenTables(reading(database::getSnapshot));
  }

  private final class FrozenTables implements Frozen {
    private final Snapshot snapshot;
    private final ReadOptions at;

    private FrozenTables(Snapshot snapshot) {
      this.snapshot = snapshot;
      this.at = new ReadOptions().setSnapshot(snapshot);
    }

    @Override
    public Optional<Bytes> get(Table table, Bytes key) {
      return RocksTables.this.get(at, table, key);
    }

    @Override
    public List<StateReader.Entry> scan(Table table, Bytes prefix, Bytes after, int limit) {
      return RocksTables.this.scan(at, table, prefix, after, limit);
    }

    @Override
    public void close() {
      at.close();
      release(snapshot);
    }
  }

  private void release(Snapshot snapshot) {
    lifetime.readLock().lock();
    try {
      if (!closed) { // else it went with the database
        database.releaseSnapshot(snapshot);
      }
    } finally {
      lifetime.readLock().unlock();
    }
  }

  private Optional<Bytes> get(ReadOptions as, Table table, Bytes key) {
    return reading(
        () -> {
          byte[] value = database.get(families.get(table), as, key.toArray());
          return value == null ? Optional.empty() : Optional.of(Bytes.wrap(value));
        });
  }

  private List<StateReader.Entry> scan(
      ReadOptions as, Table table, Bytes prefix, Bytes after, int limit) {
    return reading(
        () -> {
          List<StateReader.Entry> found = new ArrayList<>();
          boolean fromStart = after.compareTo(prefix) < 0;
          try (RocksIterator at = database.newIterator(families.get(table), as)) {
            at.seek((fromStart ? prefix : after).toArray());
            for (; at.isValid() && found.size() < limit; at.next()) {
              Bytes key = Bytes.wrap(at.key());
              if (!startsWith(key, prefix)) {
                break;
              }
              if (fromStart || !key.equals(after)) {
                found.add(new StateReader.Entry(key, Bytes.wrap(at.value())));
              }
            }
            at.status();
          }
          return List.copyOf(found);
        });
  }

  @Override
  public void write(Consumer<Writes> writer) {
    reading(
        () -> {
          try (WriteBatch batch = new WriteBatch()) {
            writer.accept(new BatchWrites(batch));
            database.write(synced, batch);
          }
          return true;
        });
  }

  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        families.values().forEach(ColumnFamilyHandle::close);
        database.closeE();
        synced.close();
        latest.close();
        options.close();
        familyOptions.close();
      }
    } catch (RocksDBException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot close the store", e);
    } finally {
      lifetime.writeLock().unlock();
    }
  }

  private static boolean startsWith(Bytes key, Bytes prefix) {
    return key.size() >= prefix.size() && key.slice(0, prefix.size()).equals(prefix);
  }

  private interface Access<T> {
    T run() throws RocksDBException;
  }

  private <T> T reading(Access<T> access) {
    // a native handle used after it was closed takes the whole process down
    lifetime.readLock().lock();
    try {
      if (closed) {
        throw new TrestleException(NodeReason.CLOSED, "the store is closed");
      }
      return access.run();
    } catch (RocksDBException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "the store failed", e);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  private final class BatchWrites implements Writes {
    private final WriteBatch batch;

    private BatchWrites(WriteBatch batch) {
      this.batch = batch;
    }

    @Override
    public void put(Table table, Bytes key, Bytes value) {
      try {
        batch.put(families.get(table), key.toArray(), value.toArray());
      } catch (RocksDBException e) {
        throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot add to a batch", e);
      }
    }

    @Override
    public void delete(Table table, Bytes key) {
      try {
        batch.delete(families.get(table), key.toArray());
      } catch (RocksDBException e) {
        throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot add to a batch", e);
      }
    }
  }
}
