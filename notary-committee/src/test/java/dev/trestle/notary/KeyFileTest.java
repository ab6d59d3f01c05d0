package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final String PHRASE = "correct horse battery staple";

  @TempDir Path folder;

  @Test
  void whatWasCreatedOpens() throws IOException {
    Path file = folder.resolve("member.key");
    KeyFile.Identity identity = create(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(KeyFile.identity(file)).isEqualTo(identity);
    try (Passphrase passphrase = Passphrase.of(PHRASE);
        MemberKeys keys = KeyFile.open(file, passphrase)) {
      assertThat(keys.custody().publicKey().xOnly()).isEqualTo(identity.custody());
      assertThat(keys.attestation().publicKey()).isEqualTo(identity.attestation());
      assertThat(identity.attestation().xOnly()).isNotEqualTo(identity.custody());
      assertThat(keys.toString())
          .doesNotContain(keys.custody().exposeForStorage().toHex().substring(0, 8));
    }
    assertFails(NotaryCode.KEY_FILE_EXISTS, () -> create(file));
    try (Passphrase wrong = Passphrase.of(PHRASE + "!")) {
      assertFails(NotaryCode.WRONG_PASSPHRASE, () -> KeyFile.open(file, wrong));
    }
  }

  @Test
  void everyChangedByteIsNoticed() throws IOException {
    Path file = folder.resolve("member.key");
    create(file);
    byte[] good = Files.readAllBytes(file);
    try (Passphrase passphrase = Passphrase.of(PHRASE)) {
      // magic, version, memory, passes, lanes, salt, nonce, both keys, ciphertext, tag
      for (int at : new int[] {0, 4, 9, 11, 27, 39, 72, 104, good.length - 1}) {
        byte[] bad = good.clone();
        bad[at] ^= 1;
        Files.write(file, bad);
        assertThatThrownBy(() -> KeyFile.open(file, passphrase))
            .as("byte %d", at)
            .isInstanceOf(TrestleException.class);
      }
      Files.write(file, Bytes.of(good).slice(0, good.length - 1).toArray());
      assertFails(NotaryCode.KEY_FILE_MALFORMED, () -> KeyFile.open(file, passphrase));
      Files.write(file, new byte[2_000]);
      assertFails(NotaryCode.KEY_FILE_MALFORMED, () -> KeyFile.open(file, passphrase));
      byte[] costly = good.clone();
      costly[5] = (byte) 0xff; // 4 TiB of memory
      Files.write(file, costly);
      assertFails(NotaryCode.KEY_FILE_MALFORMED, () -> KeyFile.open(file, passphrase));
      byte[] cheap = good.clone();
      cheap[6] = 0;
      cheap[7] = 1; // a downgrade of the costs
      Files.write(file, cheap);
      assertFails(NotaryCode.KEY_FILE_MALFORMED, () -> KeyFile.open(file, passphrase));
      cheap[7] = 4;
      for (byte passes = 1; passes <= 4; passes++) {
        cheap[9] = passes; // over as little memory as only random passphrases may have
        Files.write(file, cheap);
        assertFails(NotaryCode.KEY_FILE_MALFORMED, () -> KeyFile.open(file, passphrase));
      }
    }
  }

  @Test
  void onlyLongRandomPassphrasesSpareTheCost() {
    Path file = folder.resolve("member.key");
    SecureRandom random = new SecureRandom();
    try (Passphrase chosen = Passphrase.of(PHRASE)) {
      assertFails(
          NotaryCode.KEY_FILE_MALFORMED,
          () -> KeyFile.create(file, chosen, KeyFile.Cost.RANDOM, random));
    }
    assertThat(file).doesNotExist();
    try (Passphrase drawn = Passphrase.of("6fa1c04e5b27d3980a4c71be92f5e836");
        MemberKeys made = KeyFile.create(file, drawn, KeyFile.Cost.RANDOM, random);
        MemberKeys opened = KeyFile.open(file, drawn)) {
      assertThat(opened.custody().publicKey()).isEqualTo(made.custody().publicKey());
      assertThat(opened.attestation().publicKey()).isEqualTo(made.attestation().publicKey());
    }
  }

  @Test
  void filesThatOthersCanReadAreRefused() throws IOException {
    Path file = folder.resolve("member.key");
    create(file);
    for (String open : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rwx------"}) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(open));
      assertFails(NotaryCode.KEY_FILE_NOT_PRIVATE, () -> KeyFile.identity(file));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertThat(KeyFile.identity(file)).isNotNull();
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertFails(NotaryCode.KEY_FILE_NOT_PRIVATE, () -> KeyFile.identity(link));
  }

  @Test
  void passphrasesComeFromTheEnvironmentOrAPrivateFile() throws IOException {
    assertFails(NotaryCode.PASSPHRASE_MISSING, () -> Passphrase.fromEnvironment(Map.of()));
    assertFails(
        NotaryCode.PASSPHRASE_TOO_SHORT,
        () -> Passphrase.fromEnvironment(Map.of(Passphrase.VARIABLE, "short")));
    try (Passphrase passphrase = Passphrase.fromEnvironment(Map.of(Passphrase.VARIABLE, PHRASE))) {
      assertThat(passphrase.toString()).doesNotContain("horse");
      assertThat(passphrase.utf8()).isEqualTo(Bytes.utf8(PHRASE).toArray());
    }
    Path file = Files.writeString(folder.resolve("phrase"), PHRASE + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertFails(NotaryCode.KEY_FILE_NOT_PRIVATE, () -> Passphrase.fromFile(file));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Passphrase fromFile = Passphrase.fromFile(file);
    assertThat(fromFile.utf8()).isEqualTo(Bytes.utf8(PHRASE).toArray());
    fromFile.close();
    assertThat(fromFile.utf8()).containsOnly(0);
  }

  /** A file written by version 1 opens for ever. */
  @Test
  void goldenFile() throws IOException {
    String hex;
    try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/golden/key-file.hex"))) {
      hex = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
    }
    Path file = Files.write(folder.resolve("golden"), HexFormat.of().parseHex(hex));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (Passphrase passphrase = Passphrase.of(PHRASE);
        MemberKeys keys = KeyFile.open(file, passphrase)) {
      assertThat(keys.custody().publicKey().xOnly().toHex())
          .isEqualTo("e4668935d91d74773d3bf79106f5a550ae353930fb33f792d3a0ec64c0cd5afd");
      assertThat(keys.attestation().publicKey())
          .hasToString("02f7c25d09e1a40cf4f868ffad4c8055038aa219a2c3039dc856974a1c5b98021b");
    }
  }

  private static KeyFile.Identity create(Path file) {
    try (Passphrase passphrase = Passphrase.of(PHRASE)) {
      return KeyFile.create(file, passphrase, new SecureRandom());
    }
  }

  static void assertFails(ReasonCode expected, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TrestleException.class, failure -> assertThat(failure.code()).isEqualTo(expected));
  }
}
