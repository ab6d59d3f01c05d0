package dev.trestle.dist.role;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads configuration and key files of the roles; everything wrong with one names it. */
public final class ConfigFiles {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
          .build();

  /** The one reason. */
  public enum Reason implements ReasonCode {
    BAD_CONFIG;

    @Override
    public String code() {
      return "bad-config";
    }
  }

  private ConfigFiles() {}

  /** The folder to which a configuration file's paths are relative. */
  static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  /** A record from a JSON file; unknown, missing and repeated keys are errors that name them. */
  public static <T> T read(Path file, Class<T> type) {
    try {
      return JSON.readValue(Files.readString(file), type);
    } catch (IOException e) {
      throw new TrestleException(Reason.BAD_CONFIG, "cannot read " + file, e);
    } catch (JacksonException e) {
      throw new TrestleException(
          Reason.BAD_CONFIG, file.getFileName() + ": " + e.getOriginalMessage());
    }
  }

  /** Writes a JSON file whole: who reads it meanwhile sees the old or the new one, never half. */
  public static void write(Path file, Object value) {
    try {
      Files.createDirectories(folderOf(file));
      Path fresh = Files.createTempFile(folderOf(file), ".config", ".new");
      Files.writeString(fresh, JSON.writeValueAsString(value) + "\n");
      Files.setPosixFilePermissions(fresh, READABLE);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new TrestleException(Reason.BAD_CONFIG, "cannot write " + file, e);
    }
  }

  /** A secret key as 64 hex digits in a file that only its owner may read. */
  public static SecretKey readKey(Path file) {
    try {
      if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
        throw new TrestleException(Reason.BAD_CONFIG, file + " must be readable by its owner only");
      }
      return SecretKey.of(Bytes.fromHex(Files.readString(file).strip()));
    } catch (IOException | IllegalArgumentException e) {
      // the cause could quote the key
      throw new TrestleException(Reason.BAD_CONFIG, "not a key file: " + file);
    }
  }

  /** Writes a new key file; never over an existing one. */
  public static void writeKey(Path file, SecretKey key) {
    writeSecret(file, key.exposeForStorage().toHex() + "\n");
  }

  /** Writes a new file that only its owner may read; never over an existing one. */
  public static void writeSecret(Path file, String content) {
    try {
      Files.createDirectories(folderOf(file));
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new TrestleException(Reason.BAD_CONFIG, "cannot write " + file, e);
    }
  }
}
