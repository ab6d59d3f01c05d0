package dev.trestle.relay.node.simulated;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** An open file or, without one, an open directory, of which only the names can be forced. */
final class VirtualChannel extends FileChannel {
  private final VirtualDisk disk;
  private final String name;
  private final Optional<VirtualFile> opened;
  private int position;
  private boolean holdsLock;

  VirtualChannel(VirtualDisk disk, String name, Optional<VirtualFile> opened) {
    this.disk = disk;
    this.name = name;
    this.opened = opened;
  }

  private VirtualFile file() throws IOException {
    return opened.orElseThrow(() -> new IOException(name + " is a directory"));
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count = read(into, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    byte[] bytes = new byte[into.remaining()];
    int count = file().read(Math.toIntExact(at), bytes);
    if (count > 0) {
      into.put(bytes, 0, count);
    }
    return count;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int count = write(from, position);
    position += count;
    return count;
  }

  /** A write during which the machine fails may still leave a part of its bytes. */
  @Override
  public int write(ByteBuffer from, long at) throws IOException {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    if (disk.power().failed().isEmpty()) {
      file().write(Math.toIntExact(at), bytes);
    }
    disk.power().check();
    return bytes.length;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long at) {
    position = Math.toIntExact(at);
    return this;
  }

  @Override
  public long size() throws IOException {
    return file().size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.power().check();
    file().truncate(Math.toIntExact(size));
    position = (int) Math.min(position, size);
    return this;
  }

  @Override
  public void force(boolean metaData) {
    if (opened.isPresent()) {
      disk.force(name, opened.get());
    } else {
      disk.forceNames();
    }
  }

  @Override
  public FileLock lock(long at, long size, boolean shared) throws IOException {
    if (!file().lock()) {
      throw new OverlappingFileLockException();
    }
    holdsLock = true;
    return new Lock(this, at, size, shared);
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) throws IOException {
    return lock(at, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    if (holdsLock) {
      file().unlock();
    }
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException("scattering");
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException("gathering");
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException("transfer");
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) {
    throw new UnsupportedOperationException("transfer");
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) {
    throw new UnsupportedOperationException("mapping");
  }

  @Override
  public MemorySegment map(MapMode mode, long at, long size, Arena arena) {
    throw new UnsupportedOperationException("mapping");
  }

  private static final class Lock extends FileLock {
    private final VirtualChannel channel;

    private Lock(VirtualChannel channel, long at, long size, boolean shared) {
      super(channel, at, size, shared);
      this.channel = channel;
    }

    @Override
    public boolean isValid() {
      return channel.holdsLock;
    }

    @Override
    public void release() throws IOException {
      if (channel.holdsLock) {
        channel.file().unlock();
        channel.holdsLock = false;
      }
    }
  }
}
