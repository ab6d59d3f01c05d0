package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ReasonCode;
import dev.trestle.crypto.x509.CertificateCode;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockHeader;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.Endorsement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a client of {@link FabricChain} must refuse: updates after 107, claims after 108. */
final class FabricForgeries {
  private static final String KEY = "packet/1";
  private static final Bytes VALUE = FabricChain.stored(1);

  private final FabricChain chain;
  private final BlockHeader target;
  private final TestRead read;

  FabricForgeries(FabricChain chain) {
    this.chain = chain;
    this.target = chain.header(108);
    this.read = TestRead.present(chain.channel, KEY, 104, 104, VALUE);
  }

  List<Forgery> all() {
    List<Forgery> all = new ArrayList<>();
    all.addAll(blocks());
    all.addAll(signatures());
    all.addAll(configurations());
    all.addAll(sizes());
    all.addAll(reads());
    all.addAll(answers());
    all.addAll(endorsements());
    return all;
  }

  private static Forgery update(Attack attack, String name, ReasonCode code, Block... blocks) {
    return message(attack, name, code, FabricChain.message(blocks));
  }

  private static Forgery message(Attack attack, String name, ReasonCode code, Bytes message) {
    return new Forgery(attack, name, new Input.Update(message, FabricChain.NOW), code);
  }

  private List<Forgery> blocks() {
    FabricChain other = new FabricChain("another channel", 4);
    Block good = chain.block(108);
    return List.of(
        update(Attack.WRONG_CHAIN, "of another channel", RejectionCode.BAD_PREV, other.block(108)),
        update(
            Attack.WRONG_FORK,
            "another block of a known number",
            RejectionCode.STALE_HEIGHT,
            chain.block(chain.fork(107))),
        update(Attack.WRONG_FORK, "another parent", RejectionCode.BAD_PREV, chain.orphan(108)),
        update(Attack.WRONG_HEIGHT, "a gap", RejectionCode.BAD_PREV, chain.block(109)),
        update(
            Attack.WRONG_HEIGHT,
            "the same content under another number",
            RejectionCode.BAD_PREV,
            chain.block(new BlockHeader(109, target.previousHash(), target.dataHash()))),
        update(
            Attack.OVERLONG_PATH,
            "data where none are needed",
            RejectionCode.MALFORMED,
            new Block(target, List.of(Bytes.utf8("more")), good.metadata())),
        update(
            Attack.OVERLONG_PATH,
            "metadata that nobody signs",
            RejectionCode.MALFORMED,
            new Block(
                target, List.of(), List.of(good.signatures(), Bytes.EMPTY, Bytes.fromHex("00")))),
        new Forgery(
            Attack.FUTURE_CLOCK,
            "the clock went back",
            new Input.Update(FabricChain.message(good), FabricChain.NOW - 1),
            RejectionCode.TIME_TOO_OLD));
  }

  private Block signed(BlockSignatures.Signature... more) {
    return FabricChain.block(target, List.of(), 105, with(more));
  }

  /** Two good signatures, of three that are needed, and more. */
  private List<BlockSignatures.Signature> with(BlockSignatures.Signature... more) {
    List<BlockSignatures.Signature> all = new ArrayList<>();
    all.add(FabricChain.byNumber(target, 105, 1, chain.b.get(0)));
    all.add(FabricChain.byNumber(target, 105, 2, chain.b.get(1)));
    all.addAll(List.of(more));
    return all;
  }

  private List<Forgery> signatures() {
    TestMember stranger = new TestMember("OrdererMSP", "stranger", "orderer");
    BlockSignatures.Signature third = FabricChain.byNumber(target, 105, 3, chain.b.get(2));
    Bytes high =
        chain
            .b
            .get(2)
            .key()
            .sign(
                Bytes.concat(FabricChain.value(105), third.identifierHeader(), target.asn1()),
                true);
    return List.of(
        update(
            Attack.SIGNER_TWICE,
            "twice",
            RejectionCode.DUPLICATE_SIGNER,
            signed(with().getFirst())),
        update(
            Attack.SIGNER_TWICE,
            "once by number, once by identity",
            RejectionCode.DUPLICATE_SIGNER,
            signed(FabricChain.byIdentity(target, 105, chain.b.get(0)))),
        update(
            Attack.WRONG_KEY,
            "an orderer that is no consenter",
            RejectionCode.UNKNOWN_SIGNER,
            signed(FabricChain.byIdentity(target, 105, stranger))),
        update(
            Attack.WRONG_KEY,
            "under another's number",
            RejectionCode.BAD_SIGNATURE,
            signed(FabricChain.byNumber(target, 105, 3, stranger))),
        update(
            Attack.WRONG_KEY,
            "high s",
            RejectionCode.BAD_SIGNATURE,
            signed(new BlockSignatures.Signature(Bytes.EMPTY, high, third.identifierHeader()))),
        update(
            Attack.INDEX_BEYOND_COUNT,
            "a consenter that does not exist",
            RejectionCode.MALFORMED,
            signed(FabricChain.byNumber(target, 105, 5, chain.b.get(2)))),
        update(Attack.EMPTY_BATCH, "too few", RejectionCode.QUORUM_LOW, signed()),
        update(
            Attack.EMPTY_BATCH,
            "no signature",
            RejectionCode.QUORUM_LOW,
            FabricChain.block(target, List.of(), 105, List.of())));
  }

  private Block config(long number, List<Bytes> data, List<TestMember> signers) {
    BlockHeader header =
        new BlockHeader(number, chain.header(107).hash().bytes(), Block.dataHash(data).bytes());
    return FabricChain.block(header, data, number, signers, 3);
  }

  private List<Bytes> data(long sequence, List<TestMember> consenters) {
    return TestConfig.data(
        chain.channel, TestConfig.bft(sequence, consenters, FabricChain.ORGANISATIONS));
  }

  private List<Forgery> configurations() {
    List<TestMember> strangers = FabricChain.consenters("strangers", 4);
    List<Bytes> next = data(7, chain.b);
    List<TestMember> twins =
        List.of(chain.b.get(0), chain.b.get(0), chain.b.get(1), chain.b.get(2));
    Block good = config(108, next, chain.b);
    return List.of(
        update(
            Attack.STALE_SET,
            "signed by replaced consenters",
            RejectionCode.BAD_SIGNATURE,
            FabricChain.block(target, List.of(), 105, chain.a, 3)),
        update(
            Attack.STALE_SET,
            "under a replaced configuration",
            FabricCode.CONFIG_INDEX,
            FabricChain.block(target, List.of(), 100, chain.b, 3)),
        update(
            Attack.FUTURE_SET,
            "under a configuration that is not known",
            FabricCode.CONFIG_INDEX,
            FabricChain.block(target, List.of(), 109, chain.b, 3)),
        update(
            Attack.FUTURE_SET,
            "a configuration by its own consenters",
            RejectionCode.BAD_SIGNATURE,
            config(108, data(7, strangers), strangers)),
        update(
            Attack.FUTURE_SET,
            "a configuration too far ahead",
            FabricCode.CONFIG_SEQUENCE,
            config(108, data(8, chain.b), chain.b)),
        update(
            Attack.STALE_SET,
            "an old configuration again",
            FabricCode.CONFIG_SEQUENCE,
            config(108, data(6, chain.b), chain.b)),
        update(
            Attack.FUTURE_SET,
            "a configuration without data",
            FabricCode.DATA_HASH,
            new Block(good.header(), List.of(), good.metadata())),
        update(
            Attack.WRONG_ROOT,
            "other data than the header's",
            FabricCode.DATA_HASH,
            new Block(good.header(), data(7, strangers), good.metadata())),
        update(
            Attack.FUTURE_SET,
            "a configuration among transactions",
            FabricCode.CONFIG_UPDATE,
            config(108, List.of(next.getFirst(), next.getFirst()), chain.b)),
        update(
            Attack.FUTURE_SET,
            "a transaction as configuration",
            FabricCode.CONFIG_UPDATE,
            config(
                108,
                TestConfig.data(
                    3, chain.channel, TestConfig.bft(7, chain.b, FabricChain.ORGANISATIONS)),
                chain.b)),
        update(
            Attack.WRONG_CHAIN,
            "another channel's configuration",
            FabricCode.WRONG_CHANNEL,
            config(
                108,
                TestConfig.data("another", TestConfig.bft(7, chain.b, FabricChain.ORGANISATIONS)),
                chain.b)),
        update(
            Attack.FUTURE_SET,
            "one consenter under two numbers",
            FabricCode.POLICY_FORM,
            config(108, data(7, twins), chain.b)),
        update(
            Attack.FUTURE_SET,
            "consensus that tolerates no lies",
            FabricCode.POLICY_FORM,
            config(
                108,
                TestConfig.data(
                    chain.channel, TestConfig.raft(7, "OrdererMSP", FabricChain.ORGANISATIONS)),
                chain.b)));
  }

  private List<Forgery> sizes() {
    Bytes block = chain.block(108).encode();
    Bytes many =
        Messages.begin()
            .list(Collections.nCopies(Messages.MAX_BLOCKS + 1, block), CanonicalWriter::bytes)
            .toBytes();
    return List.of(
        message(
            Attack.EMPTY_BATCH,
            "no block",
            RejectionCode.MALFORMED,
            Messages.begin().u32(0).toBytes()),
        message(Attack.UNBOUNDED_SIZE, "too many blocks", RejectionCode.MALFORMED, many),
        message(
            Attack.UNBOUNDED_SIZE,
            "a count of 2^32 - 1",
            RejectionCode.MALFORMED,
            Messages.begin().u32(0xffff_ffffL).bytes(block).toBytes()),
        claim(
            Attack.UNBOUNDED_SIZE,
            "a huge proof",
            RejectionCode.MALFORMED,
            104,
            Bytes.wrap(new byte[Claim.MAX_PROOF + 1])));
  }

  private static Forgery claim(
      Attack attack, String name, ReasonCode code, long block, Bytes proof) {
    return new Forgery(
        attack,
        name,
        new Input.Membership(new Claim(FabricChain.path(block, KEY), VALUE, proof)),
        code);
  }

  private static Forgery claim(Attack attack, String name, ReasonCode code, TestRead changed) {
    return claim(attack, name, code, 104, proof(changed));
  }

  private static Bytes proof(TestRead of) {
    return of.proof(FabricChain.PEERS.subList(0, 2)).encode();
  }

  private List<Forgery> reads() {
    return List.of(
        claim(
            Attack.WRONG_CHAIN,
            "on another channel",
            FabricCode.WRONG_CHANNEL,
            read.withChannel("another")),
        claim(
            Attack.WRONG_CHAIN,
            "of another chaincode",
            FabricCode.WRONG_CHAINCODE,
            read.withChaincode("other")),
        claim(
            Attack.WRONG_ROOT,
            "a function that returns what it is told",
            RejectionCode.PATH_MISMATCH,
            read.withFunction("Echo")),
        claim(
            Attack.WRONG_ROOT,
            "asked for another key",
            RejectionCode.PATH_MISMATCH,
            read.withAsked("packet/2")),
        claim(
            Attack.WRONG_ROOT,
            "a configuration as question",
            FabricCode.TRANSACTION_TYPE,
            read.withType(1)),
        claim(
            Attack.WRONG_HEIGHT,
            "an answer that does not reach the block",
            RejectionCode.STALE_HEIGHT,
            106,
            proof(read)),
        claim(
            Attack.WRONG_HEIGHT,
            "written after the block",
            RejectionCode.UNKNOWN_HEIGHT,
            103,
            proof(read)),
        claim(
            Attack.WRONG_HEIGHT,
            "a block that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            200,
            proof(TestRead.present(chain.channel, KEY, 104, 200, VALUE))),
        new Forgery(
            Attack.WRONG_HEIGHT,
            "absence without any height",
            new Input.Absence(
                FabricChain.path(104, "packet/9"),
                proof(TestRead.absent(chain.channel, "packet/9", 104).withoutMarker())),
            RejectionCode.STALE_HEIGHT));
  }

  private List<Forgery> answers() {
    Bytes unrelated = read.response(FabricChain.stored(7));
    return List.of(
        claim(Attack.WRONG_ROOT, "an error", FabricCode.RESPONSE_STATUS, read.withStatus(500)),
        claim(Attack.WRONG_ROOT, "an answer that writes", RejectionCode.MALFORMED, read.writing()),
        claim(
            Attack.WRONG_ROOT,
            "another value",
            RejectionCode.VALUE_MISMATCH,
            TestRead.present(chain.channel, KEY, 104, 104, FabricChain.stored(3))),
        claim(
            Attack.WRONG_ROOT,
            "the value of a key that is absent",
            RejectionCode.VALUE_MISMATCH,
            TestRead.absent(chain.channel, KEY, 104)),
        claim(
            Attack.WRONG_ROOT,
            "the answer to another question",
            FabricCode.PROPOSAL_HASH,
            104,
            read.proof(
                    unrelated,
                    FabricChain.PEERS.stream()
                        .map(each -> TestRead.endorsement(each, unrelated))
                        .toList())
                .encode()));
  }

  private Forgery endorsed(Attack attack, String name, ReasonCode code, TestMember... by) {
    return claim(attack, name, code, 104, read.proof(List.of(by)).encode());
  }

  private List<Forgery> endorsements() {
    TestMember first = FabricChain.PEERS.getFirst();
    TestMember second = FabricChain.PEERS.get(1);
    Endorsement good = TestRead.endorsement(first, read.response());
    Endorsement stolen = new Endorsement(second.identity().encode(), good.signature());
    return List.of(
        endorsed(
            Attack.SIGNER_TWICE, "one peer twice", RejectionCode.DUPLICATE_SIGNER, first, first),
        endorsed(
            Attack.SIGNER_TWICE,
            "two peers of one organisation",
            FabricCode.ENDORSEMENT_POLICY,
            first,
            new TestMember("Org1MSP", "peer1", "peer")),
        endorsed(Attack.EMPTY_BATCH, "nobody", FabricCode.ENDORSEMENT_POLICY),
        endorsed(Attack.EMPTY_BATCH, "one of two", FabricCode.ENDORSEMENT_POLICY, first),
        endorsed(
            Attack.WRONG_KEY,
            "a client",
            FabricCode.ENDORSEMENT_POLICY,
            first,
            new TestMember("Org2MSP", "client", "client")),
        endorsed(
            Attack.WRONG_KEY,
            "of no organisation of the channel",
            FabricCode.UNKNOWN_MSP,
            first,
            new TestMember("Org9MSP", "peer0", "peer")),
        endorsed(
            Attack.WRONG_KEY,
            "an authority",
            CertificateCode.CERT_NOT_CA,
            first,
            TestMember.root("Org2MSP")),
        claim(
            Attack.WRONG_KEY,
            "another's signature",
            RejectionCode.BAD_SIGNATURE,
            104,
            read.proof(read.response(), List.of(good, stolen)).encode()));
  }
}
