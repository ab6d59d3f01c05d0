package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockHeader;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A BFT channel from block 100, which carries configuration 5 with the consenters A, over block
 * 105, which carries configuration 6 with the consenters B.
 */
final class FabricChain {
  static final long NOW = 1_700_000_000L;
  static final long PERIOD = 100_000;
  static final long FIRST = 100;
  static final long CHANGE = 105;
  static final List<String> ORGANISATIONS = List.of("Org1MSP", "Org2MSP", "Org3MSP");
  static final List<TestMember> PEERS =
      ORGANISATIONS.stream().map(each -> new TestMember(each, "peer0", "peer")).toList();

  private static final String ORDERERS = "OrdererMSP";

  final String channel;
  final List<TestMember> a;
  final List<TestMember> b;
  private final List<String> organisations;

  FabricChain(String channel, int consenters) {
    this(channel, consenters, 0);
  }

  /**
   * @param more organisations that the second configuration adds
   */
  FabricChain(String channel, int consenters, int more) {
    this.channel = channel;
    List<String> wide = new ArrayList<>(ORGANISATIONS);
    for (int i = 0; i < more; i++) {
      wide.add("Wide" + i);
    }
    this.organisations = List.copyOf(wide);
    this.a = consenters(channel, consenters);
    List<TestMember> second = new ArrayList<>(a.subList(1, consenters));
    second.addAll(consenters(channel + "second", 1));
    this.b = List.copyOf(second);
  }

  static List<TestMember> consenters(String seed, int size) {
    List<TestMember> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(new TestMember(ORDERERS, seed + i, "orderer"));
    }
    return List.copyOf(all);
  }

  List<TestMember> consenters(long number) {
    return number <= CHANGE ? a : b;
  }

  static long config(long number) {
    return number < CHANGE ? FIRST : CHANGE;
  }

  private List<Bytes> data(long number) {
    if (number == FIRST) {
      return TestConfig.data(channel, TestConfig.bft(5, a, ORGANISATIONS));
    }
    return number == CHANGE
        ? TestConfig.data(channel, TestConfig.bft(6, b, organisations))
        : List.of(Bytes.utf8(channel + "transaction of block " + number));
  }

  BlockHeader header(long number) {
    Bytes previous =
        number == FIRST
            ? Digests.sha256(Bytes.utf8(channel)).bytes()
            : header(number - 1).hash().bytes();
    return new BlockHeader(number, previous, Block.dataHash(data(number)).bytes());
  }

  /** Another block after the same parent. */
  BlockHeader fork(long number) {
    return new BlockHeader(
        number,
        header(number).previousHash(),
        Digests.sha256(Bytes.utf8("fork " + number)).bytes());
  }

  /** By as many as are needed. */
  Block block(long number) {
    List<TestMember> signers = consenters(number);
    return block(
        header(number),
        number == CHANGE ? data(number) : List.of(),
        config(number),
        signers,
        OrdererRules.quorum(signers.size()));
  }

  Block block(BlockHeader header) {
    List<TestMember> signers = consenters(header.number());
    return block(
        header, List.of(), config(header.number()), signers, OrdererRules.quorum(signers.size()));
  }

  static Block block(
      BlockHeader header,
      List<Bytes> data,
      long lastConfig,
      List<TestMember> consenters,
      int signers) {
    List<BlockSignatures.Signature> signatures = new ArrayList<>();
    for (int i = 0; i < signers; i++) {
      signatures.add(byNumber(header, lastConfig, i + 1L, consenters.get(i)));
    }
    return block(header, data, lastConfig, signatures);
  }

  static Block block(
      BlockHeader header,
      List<Bytes> data,
      long lastConfig,
      List<BlockSignatures.Signature> signatures) {
    return new Block(
        header, data, List.of(new BlockSignatures(value(lastConfig), signatures).encode()));
  }

  /** {@code OrdererBlockMetadata}. */
  static Bytes value(long lastConfig) {
    return new ProtoWriter().message(1, in -> in.varint(1, lastConfig)).toBytes();
  }

  static BlockSignatures.Signature byNumber(
      BlockHeader header, long lastConfig, long number, TestMember signer) {
    Bytes named = new ProtoWriter().varint(1, number).text(2, "nonce").toBytes();
    return new BlockSignatures.Signature(
        Bytes.EMPTY,
        signer.key().sign(Bytes.concat(value(lastConfig), named, header.asn1())),
        named);
  }

  static BlockSignatures.Signature byIdentity(
      BlockHeader header, long lastConfig, TestMember signer) {
    Bytes named = new ProtoWriter().bytes(1, signer.identity().encode()).text(2, "nonce").toBytes();
    return new BlockSignatures.Signature(
        named,
        signer.key().sign(Bytes.concat(value(lastConfig), named, header.asn1())),
        Bytes.EMPTY);
  }

  static Bytes message(Block... blocks) {
    return Messages.update(Arrays.stream(blocks).map(Block::encode).toList());
  }

  private Bytes messageOf(LongFunction<Block> of, long from, long to) {
    List<Bytes> blocks = new ArrayList<>();
    for (long number = from; number <= to; number++) {
      blocks.add(of.apply(number).encode());
    }
    return Messages.update(blocks);
  }

  FabricRules rules() {
    return new FabricRules(
        channel,
        Digests.sha256(Bytes.utf8("genesis of " + channel)),
        true,
        PERIOD,
        List.of(
            new FabricRules.Namespace(
                TestRead.NAMESPACE, TestRead.FUNCTION, TestConfig.signed(2, ORGANISATIONS, 3))));
  }

  FabricAnchor anchor() {
    return new FabricAnchor(
        rules(), NOW - 10, new Block(header(FIRST), data(FIRST), List.of()), Optional.empty());
  }

  static Bytes path(long block, String key) {
    return new FabricPath(block, TestRead.NAMESPACE, key).encode();
  }

  static Bytes stored(int i) {
    return Digests.sha256(Bytes.utf8("commitment " + i)).bytes();
  }

  Claim claim(int i, long written, long marker, long block) {
    String key = "packet/" + i;
    return new Claim(
        path(block, key),
        stored(i),
        TestRead.present(channel, key, written, marker, stored(i))
            .proof(PEERS.subList(0, 2))
            .encode());
  }

  Input.Absence absence(int i, long marker, long block) {
    String key = "packet/" + i;
    return new Input.Absence(
        path(block, key),
        TestRead.absent(channel, key, marker).proof(PEERS.subList(1, 3)).encode());
  }

  Block orphan(long number) {
    return block(
        new BlockHeader(
            number,
            Digests.sha256(Bytes.utf8("another channel")).bytes(),
            header(number).dataHash()));
  }

  /** Up to the second configuration, without claims. */
  Scenario changeOfConfiguration() {
    return new Scenario(
        anchor().encode(),
        List.of(messageOf(this::block, 101, 104), message(block(CHANGE))),
        NOW,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  Scenario scenario() {
    return new Scenario(
        anchor().encode(),
        List.of(
            message(block(101)),
            messageOf(this::block, 102, 104),
            messageOf(this::block, 105, 107),
            message(block(108))),
        NOW,
        List.of(claim(1, 104, 104, 104), claim(2, 107, 108, 108)),
        List.of(absence(8, 104, 104), absence(9, 104, 104)),
        List.of(
            new FabricEvidence.AgainstKnown(block(header(108))).encode(),
            new FabricEvidence.Pair(block(header(108)), block(header(108))).encode(),
            new FabricEvidence.Pair(block(header(107)), block(header(108))).encode(),
            new FabricEvidence.Pair(block(header(108)), orphan(108)).encode(),
            new FabricEvidence.AgainstKnown(orphan(108)).encode()),
        List.of(
            new FabricEvidence.AgainstKnown(block(fork(108))).encode(),
            new FabricEvidence.AgainstKnown(block(fork(106))).encode(),
            new FabricEvidence.Pair(block(header(109)), block(fork(109))).encode()));
  }
}
