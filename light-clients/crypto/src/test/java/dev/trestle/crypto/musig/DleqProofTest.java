package dev.trestle.crypto.musig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.DleqProof.Statement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** BIP-374's vectors. */
class DleqProofTest {
  private static List<String[]> rows(String file) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    DleqProofTest.class.getResourceAsStream("/vectors/bip374/" + file)),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(line -> line.split(",", -1)).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void proofsAreMade() {
    int made = 0;
    int impossible = 0;
    for (String[] row : rows("test_vectors_generate_proof.csv")) {
      if (row[6].equals("INVALID")) {
        // no secret of 0 or n, and no point at infinity can be handed over
        assertThatThrownBy(
                () -> {
                  SecretKey.of(Bytes.fromHex(row[2]));
                  new PublicKey(Bytes.fromHex(row[3].equals("INFINITY") ? "00" : row[3]));
                })
            .as(row[7])
            .isInstanceOf(IllegalArgumentException.class);
        impossible++;
        continue;
      }
      DleqProof proof =
          DleqProof.prove(
              SecretKey.of(Bytes.fromHex(row[2])),
              PublicKey.fromHex(row[1]),
              PublicKey.fromHex(row[3]),
              Hash32.fromHex(row[4]),
              Bytes.fromHex(row[5]));
      assertThat(proof.bytes()).as(row[7]).isEqualTo(Bytes.fromHex(row[6]));
      made++;
    }
    assertThat(made).isEqualTo(8);
    assertThat(impossible).isEqualTo(3);
  }

  @Test
  void proofsAreChecked() {
    int checked = 0;
    for (String[] row : rows("test_vectors_verify_proof.csv")) {
      Statement statement =
          new Statement(
              PublicKey.fromHex(row[1]),
              PublicKey.fromHex(row[2]),
              PublicKey.fromHex(row[3]),
              PublicKey.fromHex(row[4]));
      assertThat(new DleqProof(Bytes.fromHex(row[5])).proves(statement, Bytes.fromHex(row[6])))
          .as(row[8])
          .isEqualTo(row[7].equals("TRUE"));
      checked++;
    }
    assertThat(checked).isEqualTo(15);
  }

  @Test
  void aProofIsOfThisStatementAlone() {
    SecretKey secret = SecretKey.derive(Bytes.utf8("dleq"), "a");
    PublicKey other = SecretKey.derive(Bytes.utf8("dleq"), "base").publicKey();
    DleqProof proof = DleqProof.prove(secret, Point.G, other, Hash32.ZERO, Bytes.EMPTY);
    Statement statement = DleqProof.statement(secret, Point.G, other);
    assertThat(statement.first()).isEqualTo(secret.publicKey());
    assertThat(proof.proves(statement, Bytes.EMPTY)).isTrue();
    assertThat(proof.proves(statement, Hash32.ZERO.bytes())).isFalse();
    Statement different =
        new Statement(Point.G, statement.first(), other, statement.second().negate());
    assertThat(proof.proves(different, Bytes.EMPTY)).isFalse();
    Bytes outOfRange = Bytes.concat(proof.bytes().slice(0, 32), Bytes.fromHex("ff".repeat(32)));
    assertThat(new DleqProof(outOfRange).proves(statement, Bytes.EMPTY)).isFalse();
  }
}
