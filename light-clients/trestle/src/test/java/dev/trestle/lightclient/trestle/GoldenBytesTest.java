package dev.trestle.lightclient.trestle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The bytes of every format of this family; of long ones size and SHA-256. */
final class GoldenBytesTest {
  private static final int SHORT = 300;
  private final PaperHub hub = new PaperHub("golden", 4, 5);

  private Map<String, String> formats() {
    Map<String, String> all = new TreeMap<>();
    TrestleProof outbox = new TrestleProof(15, Optional.of(hub.older(3, 15)), hub.outboxBranch(3));
    TrestleProof state = new TrestleProof(15, Optional.empty(), hub.stateBranch(15, true));
    all.put("anchor", text(hub.anchor(8).encode()));
    all.put("update", text(hub.update(9, 10)));
    all.put("path-outbox", text(new TrestlePath.InOutbox(3, hub.packet(3).id()).encode()));
    all.put("path-state", text(new TrestlePath.InState(15, PaperHub.KEY).encode()));
    all.put("proof-outbox", text(outbox.encode()));
    all.put("proof-state", text(state.encode()));
    all.put(
        "evidence",
        text(
            new ForkEvidence(
                    List.of(hub.certified(hub.at(16)), hub.certified(hub.at(20))),
                    Optional.of(hub.older(16, 20)))
                .encode()));
    assertThat(TrestleAnchor.decode(hub.anchor(8).encode())).isEqualTo(hub.anchor(8));
    assertThat(TrestleProof.decode(outbox.encode())).isEqualTo(outbox);
    assertThat(TrestleProof.decode(state.encode())).isEqualTo(state);
    return all;
  }

  @Test
  void formatsKeepTheirBytes() throws IOException {
    Properties golden = new Properties();
    golden.load(
        new InputStreamReader(
            Objects.requireNonNull(getClass().getResourceAsStream("/golden/trestle.properties")),
            StandardCharsets.UTF_8));
    TreeMap<String, String> expected = new TreeMap<>();
    golden.stringPropertyNames().forEach(name -> expected.put(name, golden.getProperty(name)));
    assertThat(formats()).isEqualTo(expected);
  }

  private static String text(Bytes bytes) {
    return bytes.size() <= SHORT
        ? bytes.toHex()
        : bytes.size() + " bytes, sha256 " + Digests.sha256(bytes).toHex();
  }
}
