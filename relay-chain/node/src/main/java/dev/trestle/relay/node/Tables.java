package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.state.StateReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Ordered tables, written in batches that become durable wholly or not at all: {@link RocksTables}
 * in a process, and in a simulation tables whose machine may fail. Reads are safe from any thread.
 */
interface Tables extends AutoCloseable {
  /** One for each lifetime of data; its name is part of the disk format. */
  enum Table {
    META("default"),
    STATE("state"),
    BLOCKS("blocks"),
    INDEX("index");

    private final String familyName;

    Table(String familyName) {
      this.familyName = familyName;
    }

    /** Of the column family. */
    String familyName() {
      return familyName;
    }
  }

  /** Reads of all tables. */
  interface Reads {
    Optional<Bytes> get(Table table, Bytes key);

    /** As {@link StateReader#scan}. */
    List<StateReader.Entry> scan(Table table, Bytes prefix, Bytes after, int limit);
  }

  /** Writes of all tables that become durable together. */
  interface Writes {
    void put(Table table, Bytes key, Bytes value);

    void delete(Table table, Bytes key);
  }

  /** A view of one moment. */
  interface Frozen extends Reads, AutoCloseable {
    @Override
    void close();
  }

  Optional<Bytes> get(Table table, Bytes key);

  /** As {@link StateReader#scan}. */
  List<StateReader.Entry> scan(Table table, Bytes prefix, Bytes after, int limit);

  /**
   * Everything as it is now, whatever is written meanwhile. What it keeps takes room on the disk
   * until it is closed.
   */
  Frozen freeze();

  /** Writes everything that {@code writer} puts, or nothing; forced to the disk on return. */
  void write(Consumer<Writes> writer);

  @Override
  void close();
}
