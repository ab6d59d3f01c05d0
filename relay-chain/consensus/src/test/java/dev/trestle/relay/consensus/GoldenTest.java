package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.ConsensusMessage.Commit;
import dev.trestle.relay.consensus.ConsensusMessage.Prepare;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The bytes of every format. A difference here breaks contracts, peers or stored logs: raise the
 * version instead. {@code -Dgolden.write=true} writes a file that is missing.
 */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private final TestKeys keys = new TestKeys(4);
  private final Block first = keys.block(1, "first");
  private final CommitCertificate certificate = keys.commit(1, 0, first.id(), 0, 2, 3);
  private final PreparedCertificate prepared = keys.prepared(2, 1, TestKeys.id("p"), 0, 1, 2);
  private final Evidence evidence =
      new Evidence(
          keys.sign(2, Statement.prepare(1, 0, TestKeys.id("one"))),
          keys.sign(2, Statement.prepare(1, 0, TestKeys.id("other"))));
  private final Block second =
      keys.block(
          2,
          first.id(),
          Optional.of(certificate),
          2,
          "second",
          TestKeys.GENESIS_MS + 2_000,
          List.of(evidence));

  private SignedMessage proposal() {
    List<SignedStatement> changes =
        List.of(
            keys.sign(0, Statement.roundChange(2, 1, -1, Hash32.ZERO)),
            keys.sign(1, Statement.roundChange(2, 1, 0, second.id())),
            keys.sign(2, Statement.roundChange(2, 1, -1, Hash32.ZERO)));
    return keys.sign(
        3,
        new Proposal(
            1,
            CompactBlock.of(second),
            changes,
            Optional.of(keys.prepared(2, 0, second.id(), 1, 2, 3))));
  }

  private Map<String, Bytes> encodings() {
    SignedMessage change = keys.sign(2, new RoundChange(2, 3, Optional.of(prepared)));
    Map<String, Bytes> all = new LinkedHashMap<>();
    all.put("header", second.header().encode());
    all.put("block-1", first.encode());
    all.put("block-2", second.encode());
    all.put("commit-certificate", certificate.encode());
    all.put("prepared-certificate", prepared.encode());
    all.put("evidence", evidence.encode());
    all.put(
        "fork", new Fork(certificate, keys.commit(1, 2, TestKeys.id("other"), 1, 2, 3)).encode());
    all.put("message-proposal", proposal().encodeWith(second));
    all.put("message-proposal-2", proposal().encode());
    all.put("compact-block", CompactBlock.of(second).encode());
    all.put("message-prepare", keys.sign(0, new Prepare(2, 1, second.id())).encode());
    all.put("message-commit", keys.sign(1, new Commit(2, 1, second.id())).encode());
    all.put("message-round-change", change.encode());
    all.put(
        "record-own-message",
        new DurableRecord.OwnMessage(keys.sign(0, new Prepare(2, 1, second.id()))).encode());
    all.put("record-prepared", new DurableRecord.Prepared(prepared).encode());
    all.put("record-round", new DurableRecord.Round(2, 3, Optional.of(change)).encode());
    all.put("record-body", new DurableRecord.Body(first).encode());
    all.put("record-end-height", new DurableRecord.EndHeight(7).encode());
    all.put(
        "rotation",
        Rotation.startingAt(1, keys.validators)
            .next(0, keys.validators)
            .next(2, keys.validators)
            .encode());
    all.put("validators-hash", keys.validators.hash().bytes());
    all.put(
        "round-change-digest",
        Statement.roundChange(2, 3, 1, TestKeys.id("p")).digest(TestKeys.CHAIN).bytes());
    return all;
  }

  @Test
  void bytesNeverChange() throws IOException {
    for (Map.Entry<String, Bytes> each : encodings().entrySet()) {
      Path file = GOLDEN.resolve(each.getKey() + ".hex");
      if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
        Files.writeString(file, each.getValue().toHex() + "\n");
      }
      assertThat(each.getValue().toHex())
          .as(each.getKey())
          .isEqualTo(Files.readString(file).strip());
    }
  }

  private static final Map<String, Function<Bytes, Verdict<Bytes>>> DECODERS =
      Map.of(
          "header", in -> RelayHeader.decode(in).then(x -> Verdict.accept(x.encode())),
          "block", in -> Block.decode(in).then(x -> Verdict.accept(x.encode())),
          "commit", in -> CommitCertificate.decode(in).then(x -> Verdict.accept(x.encode())),
          "prepared", in -> PreparedCertificate.decode(in).then(x -> Verdict.accept(x.encode())),
          "evidence", in -> Evidence.decode(in).then(x -> Verdict.accept(x.encode())),
          "fork", in -> Fork.decode(in).then(x -> Verdict.accept(x.encode())),
          "message", GoldenTest::message,
          "compact", in -> CompactBlock.decode(in).then(x -> Verdict.accept(x.encode())),
          "rotation", in -> Rotation.decode(in).then(x -> Verdict.accept(x.encode())),
          "record", in -> DurableRecord.decode(in).then(x -> Verdict.accept(x.encode())));

  private static Verdict<Bytes> message(Bytes in) {
    return SignedMessage.decodeWithBody(in)
        .then(
            received ->
                Verdict.accept(
                    received
                        .body()
                        .map(body -> received.message().encodeWith(body))
                        .orElse(received.message().encode())));
  }

  /** Whatever a decoder takes it writes back as it was; it takes no prefix and nothing longer. */
  @Test
  void decodersTakeExactlyTheCanonicalForm() {
    encodings()
        .forEach(
            (name, bytes) -> {
              Function<Bytes, Verdict<Bytes>> decoder = DECODERS.get(name.split("-", 2)[0]);
              if (decoder == null) {
                return; // digests are not decoded
              }
              assertThat(decoder.apply(bytes).orThrow()).as(name).isEqualTo(bytes);
              for (int i = 0; i < bytes.size(); i++) {
                assertThat(decoder.apply(bytes.slice(0, i)).isAccepted()).as(name).isFalse();
                byte[] flipped = bytes.toArray();
                flipped[i] ^= (byte) (1 << (i % 8));
                Bytes changed = Bytes.wrap(flipped);
                if (decoder.apply(changed) instanceof Verdict.Accepted<Bytes>(Bytes again)) {
                  assertThat(again).as(name + " at " + i).isEqualTo(changed);
                }
              }
              Bytes longer = Bytes.concat(bytes, Bytes.fromHex("00"));
              assertThat(decoder.apply(longer).isAccepted()).as(name).isFalse();
            });
  }

  /** The layout of the wire format, put together by hand. */
  @Test
  void headerAndCertificateAreLaidOutAsTheWireFormatSays() {
    Bytes header = second.header().encode();
    assertThat(header.size()).isEqualTo(398);
    assertThat(header.slice(0, 2).toHex()).isEqualTo("0001");
    assertThat(header.slice(34, 42).toHex()).isEqualTo("0000000000000002");
    assertThat(header.slice(50, 82)).isEqualTo(first.id().bytes());
    assertThat(header.slice(90, 122)).isEqualTo(keys.validators.hash().bytes());
    assertThat(header.slice(186, 218)).isEqualTo(TestKeys.stateRoot("second").bytes());
    assertThat(header.slice(282, 314)).isEqualTo(Digests.keccak256(certificate.encode()).bytes());
    assertThat(header.slice(346, 366)).isEqualTo(keys.validators.address(2).bytes());
    assertThat(second.id()).isEqualTo(Digests.keccak256(header));

    Bytes encoded = certificate.encode();
    String start = "0101" + "0000000000000001" + "00000000" + first.id().toHex() + "0004" + "0d";
    assertThat(encoded.slice(0, start.length() / 2).toHex()).isEqualTo(start);
    assertThat(encoded.size()).isEqualTo(start.length() / 2 + 3 * 64);
  }

  @Test
  void digestsAreWordsAsContractsHashThem() {
    String chain = TestKeys.CHAIN.toHex();
    String block = TestKeys.id("b").toHex();
    String tag = Digests.keccak256(Bytes.utf8("TRESTLE/relay/commit/v1")).toHex();
    Bytes words = Bytes.fromHex(tag + chain + word(258) + word(3) + block);
    assertThat(Statement.commit(258, 3, TestKeys.id("b")).digest(TestKeys.CHAIN))
        .isEqualTo(Digests.keccak256(words));

    String change = Digests.keccak256(Bytes.utf8("TRESTLE/relay/round-change/v1")).toHex();
    Bytes none = Bytes.fromHex(change + chain + word(258) + word(3) + word(0) + word(0));
    assertThat(Statement.roundChange(258, 3, -1, Hash32.ZERO).digest(TestKeys.CHAIN))
        .isEqualTo(Digests.keccak256(none));
    Bytes some = Bytes.fromHex(change + chain + word(258) + word(3) + word(3) + block);
    assertThat(Statement.roundChange(258, 3, 2, TestKeys.id("b")).digest(TestKeys.CHAIN))
        .isEqualTo(Digests.keccak256(some));
  }

  private static String word(long value) {
    return String.format("%064x", value);
  }

  @Test
  void treeHasTheShapeOfRfc9162() {
    List<Hash32> leaves = List.of(TestKeys.id("1"), TestKeys.id("2"), TestKeys.id("3"));
    Bytes pair = node(leaf(leaves.get(0)), leaf(leaves.get(1)));
    Bytes top = node(pair, leaf(leaves.get(2)));
    assertThat(MerkleRoot.of(leaves))
        .isEqualTo(Digests.keccak256(Bytes.fromHex("020000000000000003"), top));
    assertThat(MerkleRoot.of(List.of()))
        .isEqualTo(Digests.keccak256(Bytes.fromHex("020000000000000000"), Hash32.ZERO.bytes()));
  }

  private static Bytes leaf(Hash32 value) {
    return Digests.keccak256(Bytes.fromHex("00"), value.bytes()).bytes();
  }

  private static Bytes node(Bytes left, Bytes right) {
    return Digests.keccak256(Bytes.fromHex("01"), left, right).bytes();
  }

  @Test
  void aBodyOfAnotherHeaderCannotBeDecoded() {
    Block other = keys.block(1, "other body");
    byte[] forged = other.encode().toArray();
    byte[] header = first.header().encode().toArray();
    System.arraycopy(header, 0, forged, 1, header.length);
    assertThat(Block.decode(Bytes.wrap(forged)))
        .isInstanceOf(Verdict.Rejected.class)
        .asString()
        .contains("the body is not the one the header names");
  }
}
