package dev.trestle.relay.node.simulated;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link java.nio.file.Files} and {@link FileChannel} ask for paths of a virtual disk. */
final class VirtualFiles extends FileSystemProvider {
  private static VirtualDisk disk(Path path) {
    return ((VirtualPath) path).disk();
  }

  private static String name(Path path) {
    return path.toAbsolutePath().toString();
  }

  @Override
  public String getScheme() {
    return "virtual";
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    VirtualDisk disk = disk(path);
    String name = name(path);
    if (disk.isDirectory(name)) {
      return new VirtualChannel(disk, name, Optional.empty());
    }
    Optional<VirtualFile> found = disk.file(name);
    boolean makes =
        options.contains(StandardOpenOption.CREATE)
            || options.contains(StandardOpenOption.CREATE_NEW);
    if (found.isPresent() && options.contains(StandardOpenOption.CREATE_NEW)) {
      throw new FileAlreadyExistsException(name);
    }
    if (found.isEmpty() && !makes) {
      throw new NoSuchFileException(name);
    }
    VirtualFile file = found.isPresent() ? found.get() : disk.create(name);
    if (options.contains(StandardOpenOption.TRUNCATE_EXISTING) && file.size() > 0) {
      disk.power().check();
      file.truncate(0);
    }
    return new VirtualChannel(disk, name, Optional.of(file));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    if (!disk(directory).isDirectory(name(directory))) {
      throw new NoSuchFileException(name(directory));
    }
    List<Path> found =
        disk(directory).list(name(directory)).stream()
            .map(each -> directory.getFileSystem().getPath(each))
            .toList();
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    disk(directory).createDirectory(name(directory));
  }

  @Override
  public void delete(Path path) throws IOException {
    disk(path).delete(name(path));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    disk(source).move(name(source), name(target));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    if (!disk(path).isDirectory(name(path)) && disk(path).file(name(path)).isEmpty()) {
      throw new NoSuchFileException(name(path));
    }
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    checkAccess(path);
    long size = disk(path).file(name(path)).map(VirtualFile::size).orElse(0);
    return type.cast(new Attributes(disk(path).isDirectory(name(path)), size));
  }

  private record Attributes(boolean isDirectory, long size) implements BasicFileAttributes {
    private static final FileTime NEVER = FileTime.fromMillis(0);

    @Override
    public boolean isRegularFile() {
      return !isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public FileTime lastModifiedTime() {
      return NEVER;
    }

    @Override
    public FileTime lastAccessTime() {
      return NEVER;
    }

    @Override
    public FileTime creationTime() {
      return NEVER;
    }

    @Override
    public @Nullable Object fileKey() {
      return null;
    }
  }

  @Override
  public boolean isSameFile(Path path, Path other) {
    return path.toAbsolutePath().equals(other.toAbsolutePath());
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("by URI");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("by URI");
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("by URI");
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException("copying");
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException("stores");
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException("attributes by name");
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException("attributes");
  }
}
