package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import java.util.Random;
import java.util.stream.IntStream;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.Test;

/** RFC 7914 and Bouncy Castle agree with ours. */
class ScryptTest {
  /** RFC 7914, section 12, first vector, of which we make the first 32 bytes. */
  @Test
  void vectorOfTheRfc() {
    assertThat(Scrypt.derive(Bytes.EMPTY, Bytes.EMPTY, 16).toHex())
        .isEqualTo("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442");
  }

  @Test
  void bouncyCastleComesToTheSame() {
    long seed = 7914;
    System.out.println("ScryptTest seed " + seed);
    Random random = new Random(seed);
    byte[][] headers = new byte[64][80];
    for (byte[] header : headers) {
      random.nextBytes(header);
    }
    IntStream.range(0, headers.length)
        .parallel()
        .forEach(
            i -> {
              byte[] header = headers[i];
              assertThat(Scrypt.header(header, 0))
                  .isEqualTo(SCrypt.generate(header, header, 1024, 1, 1, 32));
            });
    for (int size : new int[] {0, 1, 63, 64, 65, 200}) {
      byte[] password = new byte[size];
      random.nextBytes(password);
      assertThat(Scrypt.derive(Bytes.wrap(password), Bytes.utf8("salt"), 64))
          .isEqualTo(
              Bytes.wrap(
                  SCrypt.generate(
                      password,
                      "salt".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                      64,
                      1,
                      1,
                      32)));
    }
  }
}
