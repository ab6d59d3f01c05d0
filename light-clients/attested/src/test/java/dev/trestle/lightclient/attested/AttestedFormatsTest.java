package dev.trestle.lightclient.attested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class AttestedFormatsTest {
  private final Fixture four = new Fixture(4, 3);

  @Test
  void goldenBytes() throws IOException {
    Properties golden = new Properties();
    try (InputStream in = getClass().getResourceAsStream("/golden/attested.properties")) {
      golden.load(
          new java.io.InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
    }
    HeaderAttestation attestation =
        new HeaderAttestation(Fixture.HUB, Fixture.CHAIN, 7, 150, Hash32.fromHex("ab".repeat(32)));
    assertThat(attestation.encode().toHex()).isEqualTo(golden.getProperty("attestation"));
    assertThat(attestation.digest().toHex()).isEqualTo(golden.getProperty("attestationDigest"));
    assertThat(four.anchor.encode().toHex()).isEqualTo(golden.getProperty("anchor"));
    assertThat(four.update(Fixture.header(150), 0, 1, 3).toHex())
        .isEqualTo(golden.getProperty("update"));
    assertThat(new LogPosition(150, Fixture.BRIDGE, 1, 2).encode().toHex())
        .isEqualTo(golden.getProperty("logPosition"));
    assertThat(AttestedAnchor.decode(four.anchor.encode())).isEqualTo(four.anchor);
  }

  @Test
  void anchorsThatDoNotMakeACommitteeAreRefused() {
    Bytes good = four.anchor.encode();
    for (int at = 0; at < good.size(); at++) {
      Bytes cut = good.slice(0, at);
      assertThatThrownBy(() -> AttestedAnchor.decode(cut)).isInstanceOf(DecodeException.class);
    }
    List<PublicKey> members = four.anchor.members();
    List<PublicKey> three = members.subList(0, 3);
    List<PublicKey> twice = new ArrayList<>(three);
    twice.add(three.getFirst());
    List<PublicKey> negated = new ArrayList<>(three);
    Bytes first = three.getFirst().compressed();
    negated.add(
        new PublicKey(
            Bytes.concat(
                Bytes.fromHex(first.at(0) == 2 ? "03" : "02"), first.slice(1, first.size()))));
    for (List<PublicKey> bad : List.of(three, twice, negated, List.<PublicKey>of())) {
      assertThatThrownBy(() -> anchor(bad, 3, 100)).isInstanceOf(IllegalArgumentException.class);
    }
    for (int threshold : new int[] {0, 1, 2, 5}) {
      assertThatThrownBy(() -> anchor(members, threshold, 100))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (long period : new long[] {0, -1, AttestedAnchor.MAX_TRUSTING_PERIOD + 1}) {
      assertThatThrownBy(() -> anchor(members, 3, period))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(anchor(members, 3, 100).encode()).isNotEqualTo(good);
  }

  private static AttestedAnchor anchor(List<PublicKey> members, int threshold, long period) {
    return new AttestedAnchor(
        Fixture.HUB, Fixture.CHAIN, 7, members, threshold, 100, Fixture.NOW, period);
  }
}
