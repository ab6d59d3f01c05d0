package dev.trestle.lightclient.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The bytes of every format of this family; of long ones size and SHA-256. */
class GoldenBytesTest {
  private static final int SHORT = 600;

  @Test
  void formatsKeepTheirBytes() throws IOException {
    Properties golden = new Properties();
    golden.load(
        new InputStreamReader(
            Objects.requireNonNull(getClass().getResourceAsStream("/golden/fabric.properties")),
            StandardCharsets.UTF_8));
    TreeMap<String, String> actual = new TreeMap<>();
    FabricFormats.all().forEach((name, bytes) -> actual.put(name, text(bytes)));
    TreeMap<String, String> expected = new TreeMap<>();
    golden.stringPropertyNames().forEach(name -> expected.put(name, golden.getProperty(name)));
    assertThat(actual).isEqualTo(expected);
  }

  private static String text(Bytes bytes) {
    return bytes.size() <= SHORT
        ? bytes.toHex()
        : bytes.size() + " bytes, sha256 " + Digests.sha256(bytes).toHex();
  }
}
