package dev.trestle.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Chooses the implementation once, at first use. */
final class Secp256k1Holder {
  /** Set to {@code bouncycastle}, it forces the fallback. */
  static final String PROPERTY = "dev.trestle.crypto.secp256k1";

  private static final String EXTRACT_TO = "fr.acinq.secp256k1.tmpdir";

  static final Secp256k1 INSTANCE = choose();

  private Secp256k1Holder() {}

  private static Secp256k1 choose() {
    if (System.getProperty(PROPERTY, "").equals("bouncycastle")) {
      return new BouncyCastleSecp256k1();
    }
    try {
      usePrivateFolder();
      return new NativeSecp256k1(fr.acinq.secp256k1.Secp256k1.get());
    } catch (LinkageError | IllegalStateException | UncheckedIOException e) {
      return new BouncyCastleSecp256k1();
    }
  }

  /**
   * The loader unpacks the library into the shared temporary folder and deletes what it finds there
   * from others. A folder of our own keeps processes that start together apart, and other users'
   * hands off the file.
   */
  private static void usePrivateFolder() {
    if (System.getProperty(EXTRACT_TO) != null) {
      return;
    }
    try {
      Path folder = Files.createTempDirectory("trestle-secp256k1-");
      folder.toFile().deleteOnExit();
      System.setProperty(EXTRACT_TO, folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
