package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The last thing a validator signed, in a file of its own beside the key: two slots of 512 bytes
 * that are written in turn, in place and forced, so that a crash can spoil only the slot whose
 * signature has not left yet. Never renamed: a rename that is not forced can roll back.
 *
 * <p>Slot, big-endian: {@code "TRSG" | u8 version = 1 | 3 zero bytes | u64 sequence | u16 length |
 * payload | zeros | u32 crc32c of the 508 bytes before}.
 */
public final class SignGuardFile implements AutoCloseable {
  static final int SLOT_BYTES = 512;
  private static final int HEADER_BYTES = 18;

  /** Largest payload of a slot, in bytes. */
  public static final int MAX_PAYLOAD_BYTES = SLOT_BYTES - HEADER_BYTES - 4;

  private static final byte[] MAGIC = {'T', 'R', 'S', 'G', 1, 0, 0, 0};

  private final FileChannel channel;
  private long sequence;
  private Bytes payload;
  private boolean failed;

  private record Slot(long sequence, Bytes payload) {}

  private SignGuardFile(FileChannel channel, Slot newest) {
    this.channel = channel;
    this.sequence = newest.sequence();
    this.payload = newest.payload();
  }

  /**
   * Opens an existing guard.
   *
   * @throws TrestleException {@link NodeReason#GUARD_MISSING} if there is no file, {@link
   *     NodeReason#STORAGE_CORRUPT} if neither slot is whole, {@link NodeReason#GUARD_IN_USE} if
   *     another node has it open
   */
  public static SignGuardFile open(Path file) {
    if (!Files.exists(file)) {
      throw new TrestleException(
          NodeReason.GUARD_MISSING,
          "the validator key has no sign guard; start a validator that never signed as new");
    }
    try {
      FileChannel channel =
          locked(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      Optional<Slot> first = decode(bytes, 0);
      Optional<Slot> second = decode(bytes, SLOT_BYTES);
      if (first.isEmpty() && second.isEmpty()) {
        channel.close();
        throw new TrestleException(NodeReason.STORAGE_CORRUPT, "no slot of the guard is whole");
      }
      Slot newest =
          first
              .filter(a -> second.isEmpty() || a.sequence() > second.get().sequence())
              .orElseGet(second::orElseThrow);
      // a process that was killed leaves a slot that only the system knows; its signature may be
      // repeated, and the store remembers its number
      channel.force(true);
      forceName(file);
      return new SignGuardFile(channel, newest);
    } catch (IOException e) {
      throw fault("cannot open the sign guard", e);
    }
  }

  /**
   * Makes the guard of a validator that never signed.
   *
   * @throws TrestleException {@link NodeReason#STORAGE_FAULT} if there is a file already
   */
  public static SignGuardFile create(Path file, Bytes initial) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      FileChannel channel =
          locked(
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE));
      SignGuardFile guard = new SignGuardFile(channel, new Slot(-1, initial));
      guard.store(initial);
      guard.store(initial);
      channel.force(true);
      forceName(file);
      return guard;
    } catch (IOException e) {
      throw fault("cannot create the sign guard", e);
    }
  }

  private static void forceName(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      WriteAheadLog.forceDirectory(directory);
    }
  }

  /** Grows by one with every {@link #store}. */
  public long sequence() {
    return sequence;
  }

  public Bytes payload() {
    return payload;
  }

  /** Replaces the older slot; durable when it returns. */
  public void store(Bytes next) {
    if (failed) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "the sign guard failed before");
    }
    ByteBuffer slot = encode(sequence + 1, next);
    long at = ((sequence + 1) & 1) * SLOT_BYTES;
    try {
      while (slot.hasRemaining()) {
        at += channel.write(slot, at);
      }
      channel.force(false);
    } catch (IOException e) {
      failed = true;
      throw fault("cannot write the sign guard", e);
    }
    sequence++;
    payload = next;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw fault("cannot close the sign guard", e);
    }
  }

  /** Two processes with one key would sign against each other. */
  private static FileChannel locked(FileChannel channel) throws IOException {
    boolean ours;
    try {
      ours = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      ours = false;
    }
    if (!ours) {
      channel.close();
      throw new TrestleException(NodeReason.GUARD_IN_USE, "another node signs with this key");
    }
    return channel;
  }

  private static ByteBuffer encode(long sequence, Bytes payload) {
    if (payload.size() > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("a guard payload of " + payload.size() + " bytes");
    }
    ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES);
    slot.put(MAGIC).putLong(sequence).putShort((short) payload.size()).put(payload.toArray());
    return slot.putInt(SLOT_BYTES - 4, checksum(slot, 0)).rewind();
  }

  private static Optional<Slot> decode(ByteBuffer bytes, int offset) {
    if (bytes.limit() < offset + SLOT_BYTES) {
      return Optional.empty();
    }
    byte[] magic = new byte[MAGIC.length];
    bytes.get(offset, magic);
    long sequence = bytes.getLong(offset + 8);
    int length = bytes.getShort(offset + 16) & 0xffff;
    if (!java.util.Arrays.equals(magic, MAGIC)
        || sequence < 0
        || length > MAX_PAYLOAD_BYTES
        || bytes.getInt(offset + SLOT_BYTES - 4) != checksum(bytes, offset)) {
      return Optional.empty();
    }
    byte[] payload = new byte[length];
    bytes.get(offset + HEADER_BYTES, payload);
    return Optional.of(new Slot(sequence, Bytes.wrap(payload)));
  }

  private static int checksum(ByteBuffer bytes, int offset) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(offset + SLOT_BYTES - 4).position(offset));
    return (int) crc.getValue();
  }

  private static TrestleException fault(String what, IOException cause) {
    return new TrestleException(NodeReason.STORAGE_FAULT, what, cause);
  }
}
