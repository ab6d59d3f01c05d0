package dev.trestle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.verifier.ReceiptBundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bundles that a relay chain's validators have signed, checked with no gateway there. */
final class VerifyCommandTest {
  private static final Hash32 CHAIN = Digests.keccak256(Bytes.utf8("a relay chain"));
  private static final Hash32 PACKET = Digests.sha256(Bytes.utf8("packet"));
  private static final List<SecretKey> FIRST = keys("first", 4);
  private static final List<SecretKey> SECOND = keys("second", 7);
  private static final MerkleTree OUTBOX =
      MerkleTree.of(List.of(Digests.sha256(Bytes.EMPTY).bytes(), PACKET.bytes()));

  @TempDir private Path folder = Path.of(".");

  private record Run(int exit, String out, String err) {}

  private static List<SecretKey> keys(String seed, int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> SecretKey.derive(Bytes.utf8(seed), "validator/" + i))
        .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
        .toList();
  }

  private static ValidatorSet set(List<SecretKey> keys) {
    return ValidatorSet.of(keys.stream().map(SecretKey::publicKey).toList());
  }

  private static RelayHeader header(
      long height, long epoch, List<SecretKey> keys, List<SecretKey> next) {
    return new RelayHeader(
        CHAIN,
        height,
        height * 1_000,
        CHAIN,
        epoch,
        set(keys).hash(),
        set(next).hash(),
        CHAIN,
        CHAIN,
        OUTBOX.root(),
        CHAIN,
        CHAIN,
        CHAIN,
        set(keys).address(0));
  }

  private static Bytes certificate(RelayHeader header, List<SecretKey> keys, int signers) {
    Hash32 digest = Statement.commit(header.height(), 0, header.id()).digest(CHAIN);
    List<Integer> indexes = IntStream.range(0, signers).boxed().toList();
    List<EcdsaSignature> signatures =
        indexes.stream().map(i -> Secp256k1.instance().signEcdsa(digest, keys.get(i))).toList();
    return new CommitCertificate(
            header.height(), 0, header.id(), new SignatureList(keys.size(), indexes, signatures))
        .encode();
  }

  /** A packet of block 12, certified by the second set, to which block 10 has handed over. */
  private Path bundle(String name, int signers) throws IOException {
    RelayHeader last = header(10, 0, FIRST, SECOND);
    RelayHeader header = header(12, 1, SECOND, SECOND);
    MerkleProof place = OUTBOX.prove(1);
    ReceiptBundle bundle =
        new ReceiptBundle(
            List.of(
                new ReceiptBundle.HandOver(
                    last.encode(),
                    certificate(last, FIRST, 3),
                    SECOND.stream().map(key -> key.publicKey().evmAddress()).toList())),
            header.encode(),
            certificate(header, SECOND, signers),
            Optional.empty(),
            new ReceiptBundle.Claim.Packet(PACKET, place.index(), place.count(), place.siblings()));
    return Files.write(folder.resolve(name), bundle.encode().toArray());
  }

  private static String addresses(List<SecretKey> keys) {
    return keys.stream()
        .map(key -> key.publicKey().evmAddress().toString())
        .collect(Collectors.joining(","));
  }

  private static Run verify(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all =
        IntStream.range(0, arguments.length).mapToObj(i -> arguments[i].toString()).toList();
    int exit =
        TrestleCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("relay", "verify"), all.stream())
                    .toArray(String[]::new));
    return new Run(exit, out.toString(), err.toString());
  }

  @Test
  void aPacketIsShownAcrossAChangeOfValidators() throws IOException {
    Path file = bundle("good", 5);
    Run run = verify(file, "--relay-chain", CHAIN.toHex(), "--validators", addresses(FIRST));
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .startsWith("ok " + file + "  packet " + PACKET.toHex() + "  in block 12 ");
  }

  @Test
  void oneWrongFileFailsAllAndIsNamed() throws IOException {
    Path low = bundle("low", 4);
    Run run =
        verify(
            bundle("good", 5),
            low,
            "--json",
            "--relay-chain",
            CHAIN.toHex(),
            "--validators",
            addresses(FIRST));
    assertThat(run.exit()).isEqualTo(Failures.VERIFICATION);
    List<JsonNode> lines = run.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).path("ok").asBoolean()).isTrue();
    assertThat(lines.get(0).path("height").asLong()).isEqualTo(12);
    assertThat(lines.get(1).path("ok").asBoolean()).isFalse();
    assertThat(lines.get(1).path("code").asString()).isEqualTo("quorum-low");
    assertThat(lines.get(1).path("file").asString()).isEqualTo(low.toString());
  }

  @Test
  void anotherStartOfTrustRefusesIt() throws IOException {
    Path file = bundle("good", 5);
    Run set = verify(file, "--relay-chain", CHAIN.toHex(), "--validators", addresses(SECOND));
    assertThat(set.exit()).isEqualTo(Failures.VERIFICATION);
    assertThat(set.out()).contains("wrong-validators");
    Run chain = verify(file, "--relay-chain", "11".repeat(32), "--validators", addresses(FIRST));
    assertThat(chain.exit()).isEqualTo(Failures.VERIFICATION);
    assertThat(chain.out()).contains("wrong-relay-chain");
    Run later =
        verify(
            file,
            "--relay-chain",
            CHAIN.toHex(),
            "--validators",
            addresses(FIRST),
            "--height",
            "11");
    assertThat(later.exit()).isEqualTo(Failures.VERIFICATION);
    assertThat(later.out()).contains("unknown-era");
  }

  @Test
  void aFileThatIsNoBundleIsMalformed() throws IOException {
    Path file = bundle("cut", 5);
    Files.write(file, Bytes.wrap(Files.readAllBytes(file)).slice(0, 700).toArray());
    Run run = verify(file, "--relay-chain", CHAIN.toHex(), "--validators", addresses(FIRST));
    assertThat(run.exit()).isEqualTo(Failures.VERIFICATION);
    assertThat(run.out()).startsWith("rejected " + file + "  malformed: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "missing --genesis g | no-such-file | 3",
        "x | usage | 2",
        "x --relay-chain 11 --validators 0x1 | usage | 2",
        "--genesis g | usage | 2"
      })
  void badUseIsRefused(String arguments, String reason, int exit) {
    Run run = verify((Object[]) arguments.split(" "));
    assertThat(run.exit()).isEqualTo(exit);
    assertThat(run.err()).startsWith("trestle: " + reason + ": ").hasLineCount(1);
  }
}
