package dev.trestle.lightclient.bitcoin.sync;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The headers of one chain by height, {@value #ROW} bytes each and an index of their ids: 48 bytes
 * of header (the parent's id is that of the row before) and the id. Together at most 100 bytes a
 * header; see {@link #memory}. Rows leave in blocks of {@value #BLOCK} when they are pruned.
 */
final class HeaderTable {
  /** Bytes of one row: header without parent, id. */
  static final int ROW = 80;

  /** Rows that are allocated, and dropped, together. */
  static final int BLOCK = 1_024;

  /** Rows for each slot of the index, at most: 3 of 4. */
  private static final int LOAD_NUMERATOR = 3;

  private static final int LOAD_DENOMINATOR = 4;
  private static final int EMPTY = -1;
  private static final int ID = 48;

  private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
  private byte[][] blocks = new byte[4][];
  private int blockCount;
  private int[] index = new int[1 << 13];
  private byte[] beforeFloor;
  private final long base;
  private long floor;
  private long next;
  // Rows from here on are not in the index yet: it is only needed for headers that are not the
  // next.
  private long indexed;

  /**
   * @param base height of the first row
   * @param before id of the header below it
   */
  HeaderTable(long base, Hash32 before) {
    this.base = base;
    this.beforeFloor = before.toArray();
    this.floor = base;
    this.next = base;
    this.indexed = base;
    Arrays.fill(index, EMPTY);
  }

  /** Lowest height that is kept. */
  long floor() {
    return floor;
  }

  /** Height of the next row. */
  long next() {
    return next;
  }

  /** Adds a header, whose parent is the last row. */
  void append(byte[] raw, byte[] id) {
    int row = (int) (next - base);
    int block = row / BLOCK;
    if (block == blockCount) {
      if (block == blocks.length) {
        blocks = Arrays.copyOf(blocks, block * 2);
      }
      byte[] fresh = spare.poll();
      blocks[block] = fresh == null ? new byte[BLOCK * ROW] : fresh;
      blockCount++;
    }
    byte[] rows = blocks[block];
    int to = row % BLOCK * ROW;
    System.arraycopy(raw, 0, rows, to, 4);
    System.arraycopy(raw, 36, rows, to + 4, 44);
    System.arraycopy(id, 0, rows, to + ID, 32);
    next++;
  }

  /** Removes all rows from {@code height} on. */
  void truncate(long height) {
    next = height;
    int rows = (int) (next - base);
    while (blockCount > 0 && (blockCount - 1) * BLOCK >= rows) {
      blockCount--;
      spare.add(blocks[blockCount]);
      blocks[blockCount] = new byte[0];
    }
    rebuild();
  }

  /** Drops whole blocks of rows below {@code height}. */
  void prune(long height) {
    int whole = (int) (Math.min(height, next) - base) / BLOCK;
    int first = (int) (floor - base) / BLOCK;
    if (whole <= first) {
      return;
    }
    beforeFloor = id(base + (long) whole * BLOCK - 1).toArray();
    for (int block = first; block < whole; block++) {
      if (spare.size() < 2) {
        spare.add(blocks[block]);
      }
      blocks[block] = new byte[0];
    }
    floor = base + (long) whole * BLOCK;
    rebuild();
  }

  /** The height of the row with this id; -1 if there is none. */
  long find(byte[] id, int at) {
    completeIndex();
    int mask = index.length - 1;
    for (int slot = slot(id, at) & mask; index[slot] != EMPTY; slot = (slot + 1) & mask) {
      int row = index[slot];
      if (Arrays.equals(block(row), offset(row) + ID, offset(row) + ID + 32, id, at, at + 32)) {
        return base + row;
      }
    }
    return -1;
  }

  /** The header at a height that is kept. */
  BlockHeader header(long height) {
    byte[] raw = new byte[BlockHeader.SIZE];
    int row = (int) (height - base);
    byte[] rows = block(row);
    int from = offset(row);
    System.arraycopy(rows, from, raw, 0, 4);
    byte[] parent =
        height == floor
            ? beforeFloor
            : Arrays.copyOfRange(block(row - 1), offset(row - 1) + ID, offset(row - 1) + ID + 32);
    System.arraycopy(parent, 0, raw, 4, 32);
    System.arraycopy(rows, from + 4, raw, 36, 44);
    return BlockHeader.of(Bytes.wrap(raw));
  }

  Hash32 id(long height) {
    int row = (int) (height - base);
    return new Hash32(
        Bytes.wrap(Arrays.copyOfRange(block(row), offset(row) + ID, offset(row) + ID + 32)));
  }

  /** Unix seconds of the row. */
  long time(long height) {
    int row = (int) (height - base);
    return FastHeader.u32(block(row), offset(row) + 36);
  }

  /** Compact target of the row. */
  long bits(long height) {
    int row = (int) (height - base);
    return FastHeader.u32(block(row), offset(row) + 40);
  }

  /** Bytes of all arrays, a full index included. */
  long memory() {
    completeIndex();
    long rows = 0;
    for (int i = 0; i < blockCount; i++) {
      rows += blocks[i].length;
    }
    return rows + spare.size() * (long) BLOCK * ROW + 4L * index.length + 8L * blocks.length;
  }

  private byte[] block(int row) {
    return blocks[row / BLOCK];
  }

  private static int offset(int row) {
    return row % BLOCK * ROW;
  }

  private void completeIndex() {
    long rows = next - floor;
    int size = index.length;
    while (rows * LOAD_DENOMINATOR > (long) size * LOAD_NUMERATOR) {
      size *= 2;
    }
    if (size != index.length) {
      index = new int[size];
      rebuild();
    }
    for (; indexed < next; indexed++) {
      enter((int) (indexed - base));
    }
  }

  private void enter(int row) {
    int mask = index.length - 1;
    int slot = slot(block(row), offset(row) + ID) & mask;
    while (index[slot] != EMPTY) {
      slot = (slot + 1) & mask;
    }
    index[slot] = row;
  }

  /** Empties the index; it is filled again when it is needed. */
  private void rebuild() {
    Arrays.fill(index, EMPTY);
    indexed = floor;
  }

  /** The low bytes of an id are those that proof of work does not fix. */
  private static int slot(byte[] id, int at) {
    return ((int) FastHeader.u32(id, at) * 0x9e37_79b9) >>> 3;
  }
}
