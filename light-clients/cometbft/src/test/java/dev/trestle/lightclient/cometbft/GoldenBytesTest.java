package dev.trestle.lightclient.cometbft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.contract.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Formats that are stored or sent must not change under the same version. */
class GoldenBytesTest {
  private static final CometContractTest.Run RUN = CometContractTest.RUN;

  private static void golden(String name, Bytes actual) {
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream("/golden/" + name)) {
      assertThat(in).as(name + ": " + actual.toHex()).isNotNull();
      String golden = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      assertThat(actual.toHex()).as(name).isEqualTo(golden);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anchor() {
    Bytes encoded = CometContractTest.CHAIN.anchor(RUN.start).encode();
    golden("anchor.hex", encoded);
    assertThat(CometAnchor.decode(encoded).header()).isEqualTo(RUN.start);
  }

  @Test
  void updateEvidencePathAndKnownHeader() {
    Scenario scenario = RUN.scenario();
    golden("update.hex", scenario.updates().getFirst());
    golden("evidence-pair.hex", scenario.misbehaviour().get(0));
    golden("evidence-known.hex", scenario.misbehaviour().get(2));
    golden("path.hex", scenario.claims().getFirst().path());
    CanonicalWriter out = new CanonicalWriter();
    KnownHeader.of(RUN.start).write(out);
    golden("known-header.hex", out.toBytes());
  }

  @Test
  void anotherVersionIsRefused() {
    byte[] anchor = CometContractTest.CHAIN.anchor(RUN.start).encode().toArray();
    anchor[0] = 2;
    assertThatThrownBy(() -> CometAnchor.decode(Bytes.wrap(anchor)))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void revisionIsTheNumberBehindTheLastHyphen() {
    assertThat(CometAnchor.revisionOf("cosmoshub-4")).isEqualTo(4);
    assertThat(CometAnchor.revisionOf("a-b-10")).isEqualTo(10);
    for (String none : new String[] {"test", "test-", "test-0", "test-04", "test--1", "-1"}) {
      assertThat(CometAnchor.revisionOf(none)).as(none).isZero();
    }
  }
}
