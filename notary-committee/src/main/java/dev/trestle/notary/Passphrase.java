package dev.trestle.notary;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** What a key file is encrypted with. Never printed; {@link #close()} overwrites it. */
public final class Passphrase implements AutoCloseable {
  /** Environment variable that holds the passphrase. */
  public static final String VARIABLE = "TRESTLE_NOTARY_PASSPHRASE";

  /** Least bytes of UTF-8. A generated phrase of seven words has more. */
  public static final int MIN_SIZE = 16;

  private static final int MAX_SIZE = 1_024;

  private final byte[] utf8;

  private Passphrase(byte[] utf8) {
    if (utf8.length < MIN_SIZE || utf8.length > MAX_SIZE) {
      throw new TrestleException(
          NotaryCode.PASSPHRASE_TOO_SHORT, "a passphrase has at least " + MIN_SIZE + " bytes");
    }
    this.utf8 = utf8;
  }

  /**
   * @throws TrestleException if it is shorter than {@link #MIN_SIZE}
   */
  public static Passphrase of(String text) {
    return new Passphrase(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param environment of the process
   * @throws TrestleException if {@link #VARIABLE} is missing or too short
   */
  public static Passphrase fromEnvironment(Map<String, String> environment) {
    String text = environment.getOrDefault(VARIABLE, "");
    if (text.isEmpty()) {
      throw new TrestleException(NotaryCode.PASSPHRASE_MISSING, VARIABLE + " is not set");
    }
    return of(text);
  }

  /**
   * The content of a file that only its owner may read, without the line end.
   *
   * @throws TrestleException if it cannot be read, is open to others, or too short
   */
  public static Passphrase fromFile(Path file) {
    try {
      PrivateFiles.check(file);
      return of(Files.readString(file).stripTrailing());
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.PASSPHRASE_MISSING, "cannot read the file", e);
    }
  }

  byte[] utf8() {
    return utf8;
  }

  @Override
  public void close() {
    Arrays.fill(utf8, (byte) 0);
  }

  @Override
  public String toString() {
    return "Passphrase(hidden)";
  }
}
