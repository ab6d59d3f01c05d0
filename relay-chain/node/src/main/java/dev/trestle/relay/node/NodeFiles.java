package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where a node keeps its files, and the text forms of the ones that people hand around. */
public final class NodeFiles {
  private static final long MAX_GENESIS_BYTES = 4 << 20;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private NodeFiles() {}

  /** Transport key and certificate of the node with this data directory. */
  public static Path transportKey(Path dataDir) {
    return dataDir.resolve("transport.pem");
  }

  /** The guard stands beside the key, so that the one is not moved without the other. */
  public static Path signGuard(Path validatorKey) {
    return validatorKey.resolveSibling(validatorKey.getFileName() + ".guard");
  }

  /** Makes the guard of a key that has never signed; never over an existing one. */
  public static void createSignGuard(Path validatorKey) {
    SignGuardFile.create(signGuard(validatorKey), GuardState.FRESH.encode()).close();
  }

  /** The folder that a file stands in. */
  static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? Path.of("/") : folder;
  }

  static Path store(Path dataDir) {
    return dataDir.resolve("store");
  }

  static Path writeAheadLog(Path dataDir) {
    return dataDir.resolve("wal");
  }

  /**
   * Reads a genesis file: the hex of the canonical bytes, white space ignored.
   *
   * @throws TrestleException {@link NodeReason#BAD_CONFIG} if it is none, also if its parameters
   *     are out of range
   */
  public static Genesis readGenesis(Path file) {
    try {
      if (Files.size(file) > MAX_GENESIS_BYTES) {
        throw new TrestleException(NodeReason.BAD_CONFIG, "the genesis file is too large");
      }
      String hex = Files.readString(file).replaceAll("\\s", "");
      return Genesis.decode(Bytes.fromHex(hex));
    } catch (IOException | DecodeException | IllegalArgumentException e) {
      throw new TrestleException(
          NodeReason.BAD_CONFIG, "not a genesis file: " + file + ": " + e.getMessage(), e);
    }
  }

  public static void writeGenesis(Path file, Genesis genesis) {
    try {
      Files.writeString(file, genesis.encode().toHex() + "\n");
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot write " + file, e);
    }
  }

  /**
   * Reads a validator key: 64 hex digits.
   *
   * @throws TrestleException {@link NodeReason#BAD_CONFIG} also if others than the owner may read
   *     it
   */
  public static SecretKey readValidatorKey(Path file) {
    try {
      if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
        throw new TrestleException(
            NodeReason.BAD_CONFIG, "the validator key must be readable by its owner only: " + file);
      }
      return SecretKey.of(Bytes.fromHex(Files.readString(file).strip()));
    } catch (IOException | IllegalArgumentException e) {
      // the cause could quote the key
      throw new TrestleException(NodeReason.BAD_CONFIG, "not a validator key file: " + file);
    }
  }

  /** Writes a new validator key file, readable by the owner only; never over an existing one. */
  public static void writeValidatorKey(Path file, SecretKey key) {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.writeString(
          file,
          key.exposeForStorage().toHex() + "\n",
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot write a key file", e);
    }
  }
}
