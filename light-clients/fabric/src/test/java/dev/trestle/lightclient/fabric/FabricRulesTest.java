package dev.trestle.lightclient.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.CertificateCode;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockHeader;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Rules that the contract does not reach: Raft, anchors, and certificates over time. */
class FabricRulesTest {
  private static final LightClient CLIENT = new FabricFamily().client();
  private static final FabricChain CHAIN = FabricContractTest.CHAIN;
  private static final Bytes BEFORE = CHAIN.header(100).previousHash();

  /** 2030-01-01: the last second in which certificates of these tests hold. */
  private static final long END = 1_893_456_000L;

  private static Budget ample() {
    return new Budget(Long.MAX_VALUE);
  }

  private static String code(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "accepted";
      case Verdict.Ignored<?>(var reason, String detail) -> reason.code();
      case Verdict.Rejected<?>(var reason, String detail) -> reason.code();
      case Verdict.Later<?>(var reason, String detail) -> reason.code();
    };
  }

  private static FabricRules rules(boolean byzantine) {
    FabricRules of = CHAIN.rules();
    return new FabricRules(
        of.channel(), of.genesis(), byzantine, of.trustingPeriod(), of.namespaces());
  }

  private static Block config(long number, Bytes config) {
    List<Bytes> data = TestConfig.data(CHAIN.channel, config);
    return new Block(
        new BlockHeader(number, BEFORE, Block.dataHash(data).bytes()), data, List.of());
  }

  private static Block raft() {
    return config(100, TestConfig.raft(5, "OrdererMSP", FabricChain.ORGANISATIONS));
  }

  private static Verdict<?> start(FabricRules rules, Block config, long seconds) {
    return CLIENT.initialize(
        new FabricAnchor(rules, seconds, config, Optional.empty()).encode(), ample());
  }

  private static Verdict<?> next(Block config, long seconds, TestMember... signers) {
    ClientState state =
        ClientState.EMPTY.with(
            CLIENT
                .initialize(
                    new FabricAnchor(rules(false), seconds, config, Optional.empty()).encode(),
                    ample())
                .orThrow());
    BlockHeader header =
        new BlockHeader(101, config.header().hash().bytes(), CHAIN.header(101).dataHash());
    List<BlockSignatures.Signature> signatures =
        List.of(signers).stream().map(each -> FabricChain.byIdentity(header, 100, each)).toList();
    Bytes message = FabricChain.message(FabricChain.block(header, List.of(), 100, signatures));
    return CLIENT.verify(state, message, ample(), seconds);
  }

  @Test
  void theFamilyIsFound() {
    assertThat(ServiceLoader.load(LightClientFamily.class).stream().map(each -> each.get().type()))
        .contains(FabricFamily.TYPE);
  }

  @Test
  void raftIsOnlyAcceptedWhereTheRulesSaySo() {
    assertThat(code(start(rules(true), raft(), FabricChain.NOW)))
        .isEqualTo(FabricCode.POLICY_FORM.code());
    assertThat(code(start(rules(false), raft(), FabricChain.NOW))).isEqualTo("accepted");
    TestMember orderer = new TestMember("OrdererMSP", "orderer0", "orderer");
    assertThat(code(next(raft(), FabricChain.NOW, orderer))).isEqualTo("accepted");
    assertThat(code(next(raft(), FabricChain.NOW))).isEqualTo(FabricCode.BLOCK_POLICY.code());
    assertThat(code(next(raft(), FabricChain.NOW, FabricChain.PEERS.getFirst())))
        .isEqualTo(FabricCode.UNKNOWN_MSP.code());
    assertThat(code(next(raft(), FabricChain.NOW, orderer, orderer)))
        .isEqualTo(RejectionCode.DUPLICATE_SIGNER.code());
  }

  @Test
  void certificatesAreJudgedByTheLedgersClock() {
    TestMember orderer = new TestMember("OrdererMSP", "orderer0", "orderer");
    assertThat(code(next(raft(), END, orderer))).isEqualTo("accepted");
    assertThat(code(next(raft(), END + 1, orderer))).isEqualTo(CertificateCode.CERT_EXPIRED.code());
    assertThat(code(next(raft(), 1_600_000_000L, orderer)))
        .isEqualTo(CertificateCode.CERT_NOT_YET_VALID.code());
  }

  @Test
  void anAnchorIsJudged() {
    Bytes three = TestConfig.bft(5, CHAIN.a.subList(0, 3), FabricChain.ORGANISATIONS);
    assertThat(code(start(rules(true), config(100, three), FabricChain.NOW)))
        .isEqualTo(FabricCode.POLICY_FORM.code());
    Bytes good = TestConfig.bft(0, CHAIN.a, FabricChain.ORGANISATIONS);
    assertThat(code(start(rules(true), config(0, good), FabricChain.NOW)))
        .isEqualTo(RejectionCode.WRONG_CHAIN.code());
    Block other = config(100, good);
    assertThat(
            code(
                start(
                    rules(true), new Block(other.header(), List.of(), List.of()), FabricChain.NOW)))
        .isEqualTo(FabricCode.DATA_HASH.code());
  }

  @Test
  void aClientGoesOnFromALaterStart() {
    FabricAnchor first = CHAIN.anchor();
    Bytes anchor =
        new FabricAnchor(
                first.rules(),
                first.seconds(),
                first.config(),
                Optional.of(new FabricAnchor.Start(102, CHAIN.header(102).hash())))
            .encode();
    ClientState state = ClientState.EMPTY.with(CLIENT.initialize(anchor, ample()).orThrow());
    assertThat(CLIENT.latest(state).height()).isEqualTo(102);
    Verdict<?> skipped =
        CLIENT.verify(state, FabricChain.message(CHAIN.block(104)), ample(), FabricChain.NOW);
    assertThat(code(skipped)).isEqualTo(RejectionCode.BAD_PREV.code());
    Bytes next = FabricChain.message(CHAIN.block(103));
    state =
        state.with(
            CLIENT.apply(state, CLIENT.verify(state, next, ample(), FabricChain.NOW).orThrow()));
    assertThat(CLIENT.latest(state).id()).isEqualTo(CHAIN.header(103).hash());
    assertThat(CLIENT.timestampAt(state, 103).orThrow()).isEqualTo(FabricChain.NOW);
    assertThat(CLIENT.status(state, FabricChain.NOW)).isEqualTo(ClientStatus.ACTIVE);
  }
}
